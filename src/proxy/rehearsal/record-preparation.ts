import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { Recorder } from '../../base/index.ts';
import type { HttpOptions } from '../http/http-options.ts';
import { normalizePath } from '../http/normalize-path.ts';
import type { Preparation } from '../http/prepare-request.ts';
import { REFUSAL } from '../http/refusal.ts';
import type { RequestHead } from '../http/request-head.ts';

/** What is known of a request that the connection manager answers before any filter is asked. */
export interface Unprepared {
  preparation: Exclude<Preparation, null>;
  manager: HttpConnectionManager;
  options: HttpOptions;
  /** As the client sent it, query and all. */
  receivedPath: string;
}

/** Records which of the connection manager's settings answers the request, placed at that setting. */
export function recordPreparation(recorder: Recorder | null, unprepared: Unprepared): void {
  if (recorder === null) return;
  const { text, origin, field, reason } = settingOf(unprepared);
  recorder.open('preparation', text, origin, field);
  recorder.close('deny', reason);
}

/** Records why a request has no route, if its head says so; filters are asked all the same. */
export function recordUnroutable(
  recorder: Recorder | null,
  { unroutable }: RequestHead,
  manager: HttpConnectionManager,
): void {
  if (recorder === null || unroutable !== true) return;
  recorder.open('preparation', 'scheme', manager, 'use_remote_address');
  recorder.close('no', 'x-forwarded-proto is empty, and the peer is believed: there is no route');
}

interface Setting {
  text: string;
  origin: object;
  field?: string;
  reason: string;
}

function settingOf(unprepared: Unprepared): Setting {
  const { preparation, manager } = unprepared;
  if ('redirect' in preparation || preparation === REFUSAL.badPath) return pathSetting(unprepared);
  if (preparation === REFUSAL.asterisk)
    return { text: 'path', origin: manager, reason: '`*` is no path: there is no route for it' };
  const origin = manager.commonHttpProtocolOptions ?? manager;
  const reason = 'the name of a header has an underscore';
  return { text: 'header names', origin, field: 'headers_with_underscores_action', reason };
}

function pathSetting({ preparation, manager, options, receivedPath }: Unprepared): Setting {
  const place = { text: 'path normalization', origin: manager };
  const onlySlashes = { ...options, normalizePath: false, mergeSlashes: false };
  const isRefusedLater =
    normalizePath(receivedPath, onlySlashes).kind !== 'refused' &&
    normalizePath(receivedPath, options).kind === 'refused';
  if (isRefusedLater)
    return { ...place, field: 'normalize_path', reason: 'the path has an escaped NUL, `%00`' };
  const what = 'the path has an escaped slash, `%2F` or `%5C`';
  const end = 'redirect' in preparation ? ': the client is sent to the path without it' : '';
  return { ...place, field: 'path_with_escaped_slashes_action', reason: what + end };
}
