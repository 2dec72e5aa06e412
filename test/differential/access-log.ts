import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { toByteString } from '../../src/core/match/index.ts';
import type { DynamicMetadata, MetadataValue } from '../../src/proxy/filters/filter.ts';
import type { Json, JsonObject } from './case.ts';
import type { Difference } from './compare.ts';

/** What a request has left behind in the gate, as an access log shows it. */
export interface LogEntry {
  status: number;
  /** `%RESPONSE_CODE_DETAILS%`. */
  details: string;
  /** By namespace; a namespace without entries is left out. */
  metadata: Record<string, Json>;
}

const NAMESPACES = [
  'envoy.filters.http.jwt_authn',
  'envoy.filters.http.rbac',
  'envoy.filters.http.ext_authz',
  'envoy.filters.http.header_to_metadata',
  'envoy.common',
  'mine',
];
/** How long an authorizer took is not alike. */
const UNLIKE_ENTRY = 'ext_authz_duration';
const FILE_LOG = 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog';
const FLUSH_MS = 50;
/** Envoy writes what it has whenever this time has passed. */
export const FLUSH_ARGS = ['--file-flush-interval-msec', String(FLUSH_MS)];

/** The `access_log` of a connection manager that writes a line for each request. */
export function accessLogTo(path: string): Json {
  const metadata = NAMESPACES.map((name) => [name, `%DYNAMIC_METADATA(${name})%`]);
  const format: JsonObject = {
    status: '%RESPONSE_CODE%',
    details: '%RESPONSE_CODE_DETAILS%',
    metadata: Object.fromEntries(metadata),
  };
  const typed = { '@type': FILE_LOG, path, log_format: { json_format: format } };
  return [{ name: 'file', typed_config: typed }];
}

/** Reads what Envoy has written once nothing more has come for a while. */
export async function readAccessLog(path: string, lines: number): Promise<LogEntry[]> {
  let text = readFileSync(path, 'utf8');
  for (let tries = 0; tries < 40 && text.split('\n').length <= lines; tries++) {
    await pause(FLUSH_MS);
    text = readFileSync(path, 'utf8');
  }
  return text.split('\n').slice(0, -1).map(parseEntry);
}

function parseEntry(line: string): LogEntry {
  const { status, details, metadata } = JSON.parse(line) as LogEntry;
  return { status: Number(status), details: details ?? '', metadata: withoutEmpty(metadata) };
}

function withoutEmpty(metadata: Record<string, Json>): Record<string, Json> {
  const isFull = (value: Json) => value !== null && value !== '-' && Object.keys(value).length > 0;
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => isFull(value)));
}

/** The same of a request that was rehearsed. */
export function metadataOf(metadata: DynamicMetadata | null): Record<string, Json> {
  const shown = NAMESPACES.map((name): [string, Json] => {
    const entries = metadata?.get(name) ?? new Map<string, MetadataValue>();
    return [name, Object.fromEntries(entries) as Json];
  });
  return withoutEmpty(Object.fromEntries(shown));
}

/** @param forwarded requests that went on have details of the upstream's, which no rehearsal knows */
export function compareEntries(envoy: LogEntry, jotgate: LogEntry, forwarded: boolean): Difference[] {
  const differences: Difference[] = [];
  const note = (part: string, a: string, b: string) => {
    if (a !== b) differences.push({ part, envoy: a, jotgate: b });
  };
  if (!forwarded) note('details', envoy.details, jotgate.details);
  for (const name of NAMESPACES) {
    note(
      `metadata ${name}`,
      sorted(timeless(envoy.metadata[name])),
      sorted(timeless(jotgate.metadata[name])),
    );
  }
  return differences;
}

function timeless(value: Json | undefined): Json | undefined {
  if (typeof value !== 'object' || value === null || !(UNLIKE_ENTRY in value)) return value;
  return { ...(value as JsonObject), [UNLIKE_ENTRY]: 0 };
}

/** In a text that is not UTF-8 Envoy writes each byte as a character of its own. */
const sorted = (value: Json | undefined) =>
  JSON.stringify(sortKeys(value ?? null), (_, one: Json) =>
    typeof one === 'string' && !one.isWellFormed() ? toByteString(one) : one,
  );

export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
