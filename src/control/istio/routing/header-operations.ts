import { create } from '@bufbuild/protobuf';
import {
  HeaderValueOption_HeaderAppendAction as AppendAction,
  type HeaderValueOption,
  HeaderValueOptionSchema,
} from '#schema/envoy/config/core/v3/base_pb.js';
import type { HttpHeaders } from '#schema/istio/networking_pb.js';
import type { Lineage } from '../lineage.ts';

/** The fields of a route, or of one of its weighted clusters, that change headers. */
export interface HeaderChanges {
  requestHeadersToAdd: HeaderValueOption[];
  requestHeadersToRemove: string[];
  responseHeadersToAdd: HeaderValueOption[];
  responseHeadersToRemove: string[];
}

export interface HeaderOperationsResult {
  changes: HeaderChanges;
  /** A request header `host` is no header to set: it replaces the authority. */
  authority: string | null;
}

/** Istio's `headers` as Envoy's lists: what is set goes before what is added, each by name. */
export function buildHeaderChanges(
  headers: HttpHeaders | undefined,
  lineage: Lineage,
): HeaderOperationsResult {
  const { request, response } = headers ?? {};
  const options = (texts: Record<string, string> | undefined, action: AppendAction, owner: object) =>
    additions(texts ?? {}, action).map((option) => lineage.inherit(option, owner));
  const both = (side: NonNullable<typeof request> | undefined) =>
    side === undefined
      ? []
      : [
          ...options(side.set, AppendAction.OVERWRITE_IF_EXISTS_OR_ADD, side),
          ...options(side.add, AppendAction.APPEND_IF_EXISTS_OR_ADD, side),
        ];
  return {
    changes: {
      requestHeadersToAdd: both(request),
      requestHeadersToRemove: (request?.remove ?? []).filter(isOrdinary),
      responseHeadersToAdd: both(response),
      responseHeadersToRemove: (response?.remove ?? []).filter(isOrdinary),
    },
    authority: authorityIn(request?.set) ?? authorityIn(request?.add),
  };
}

function additions(texts: Readonly<Record<string, string>>, appendAction: AppendAction): HeaderValueOption[] {
  return Object.entries(texts)
    .filter(([key]) => isOrdinary(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => create(HeaderValueOptionSchema, { header: { key, value }, appendAction }));
}

function isOrdinary(name: string): boolean {
  return !name.startsWith(':') && name.toLowerCase() !== 'host';
}

function authorityIn(texts: Readonly<Record<string, string>> | undefined): string | null {
  const found = Object.entries(texts ?? {}).find(([key]) => /^(?::authority|host)$/i.test(key));
  return found === undefined ? null : found[1];
}
