import type { Recorder } from '../../base/index.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { SelectedRoute } from './selected-route.ts';

/** A compiled route configuration: virtual hosts by domain, routes by path, first match wins. */
export interface RouteTable {
  select(request: RequestHead, recorder: Recorder | null): SelectedRoute | null;
}
