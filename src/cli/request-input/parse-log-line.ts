import type { WrittenRequest } from './written-request.ts';

/** A request of an access log, and how it was answered when it was made. */
export interface LoggedRequest extends WrittenRequest {
  /** 0 where the log does not say. */
  status: number;
}

/** Longest line that is looked at. */
const LINE_MAX = 65_536;

/**
 * Envoy's default format, and Istio's, which has fields more: time, request, status, flags; at the end five quoted texts and, in Istio,
 * more of the connection.
 */
const TEXT = /^\[([^\]]*)\] "(\S+) (.*?) ([^\s"]+)" (\d{1,3}|-) (.*)$/;
const QUOTED = /"([^"]*)"/g;

/** @returns null when the line is of neither format */
export function parseLogLine(line: string): LoggedRequest | null {
  const text = line.trim();
  if (text.length > LINE_MAX) return null;
  return text.startsWith('{') ? parseJsonLine(text) : parseTextLine(text);
}

function parseTextLine(text: string): LoggedRequest | null {
  const found = TEXT.exec(text);
  if (found === null) return null;
  const [, , method, path, , status, rest] = found as unknown as string[];
  const quoted = [...(rest as string).matchAll(QUOTED)].map(([, value]) => value as string);
  const last = quoted.length === 6 ? quoted.slice(1) : quoted;
  if (last.length !== 5) return null;
  const [forwardedFor, userAgent, requestId, authority] = last as [string, string, string, string];
  return requestOf({ method, path, authority, forwardedFor, userAgent, requestId, status, peer: undefined });
}

/** Names that fields have in JSON logs: Istio's own, those of Envoy's documents, and of gateways built on it. */
const NAMES = {
  method: ['method', 'request_method', 'req_method', ':method', 'x-envoy-method'],
  path: ['path', 'request_path', 'req_path', 'x-envoy-original-path', ':path', 'uri', 'request_uri'],
  authority: ['authority', 'request_authority', ':authority', 'host', 'request_host'],
  status: ['response_code', 'status', 'responseCode', 'code', 'status_code'],
  forwardedFor: ['x_forwarded_for', 'x-forwarded-for', 'forwarded_for'],
  userAgent: ['user_agent', 'user-agent', 'userAgent'],
  requestId: ['request_id', 'x-request-id', 'requestId'],
  peer: ['downstream_remote_address', 'downstream_direct_remote_address', 'remote_address', 'client_ip'],
} as const;

type Field = keyof typeof NAMES;

function parseJsonLine(text: string): LoggedRequest | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return null;
  const entries = new Map<string, unknown>(Object.entries(document));
  const fields = Object.fromEntries(
    Object.entries(NAMES).map(([field, names]) => [
      field,
      names.map((name) => entries.get(name)).find(isSaid),
    ]),
  ) as Record<Field, unknown>;
  const said = (field: Field) => (isSaid(fields[field]) ? String(fields[field]) : undefined);
  return requestOf({
    method: said('method'),
    path: said('path'),
    authority: said('authority'),
    forwardedFor: said('forwardedFor'),
    userAgent: said('userAgent'),
    requestId: said('requestId'),
    status: said('status'),
    peer: said('peer')
      ?.replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1'),
  });
}

const isSaid = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '' && value !== '-') || typeof value === 'number';

const FIELD = /^[\u0020-\u007E\u00A1-\u{10FFFF}]*$/u;

function requestOf(said: Record<Field, string | undefined>): LoggedRequest | null {
  const { method, path, authority, status, peer } = said;
  if (method === undefined || path === undefined || !/^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(method))
    return null;
  if (!path.startsWith('/') || !FIELD.test(path) || /[\s#]/.test(path)) return null;
  const named: [string, string | undefined][] = [
    ['host', authority],
    ['x-forwarded-for', said.forwardedFor],
    ['user-agent', said.userAgent],
    ['x-request-id', said.requestId],
  ];
  const headers = named.flatMap(([name, value]) =>
    value === undefined || value === '' || value === '-' || !FIELD.test(value) ? [] : [`${name}: ${value}`],
  );
  return { method, url: path, headers, peer, status: Number(status) || 0 };
}
