/**
 * Field names that the gate meets every day, so that a head's names are constants and not strings made per request; and what
 * each of the few special ones means to the codec.
 */

/** How the codec treats a field. The numbers are bits of nothing: they are compared, never combined. */
export const FIELD = {
  /** Nothing special. */
  plain: 0,
  /** Repeated lines are joined with a comma when a head is read, of a request, a response or both (Envoy's inline headers). */
  joined: 1,
  host: 2,
  connection: 3,
  contentLength: 4,
  transferEncoding: 5,
  upgrade: 6,
  expect: 7,
  /** Belongs to one hop (RFC 9110 §7.6.1): of a response it is not passed on, of a request only where Envoy does. */
  hopByHop: 8,
  /** A framing field's name spelt with an underscore, which some origins read as the real one. */
  framingLookalike: 9,
  te: 10,
  proxyConnection: 11,
} as const;

export interface FieldName {
  readonly name: string;
  readonly kind: number;
  /** Place of a joined field in the set of those that a request's head may already have had: one bit; 0: not joined there. */
  readonly requestBit: number;
  /** The same for a response. */
  readonly responseBit: number;
}

/** In requests. Rules see one value where Envoy has one: a name too few here, and a rule is met that Envoy does not find met. */
const JOINED_IN_REQUEST =
  'accept accept-encoding authorization cache-control content-type origin referer user-agent via x-request-id x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto if-match if-none-match if-modified-since if-unmodified-since if-range pragma content-encoding cdn-loop proxy-status grpc-timeout grpc-accept-encoding access-control-request-method access-control-request-headers access-control-request-private-network x-client-trace-id x-envoy-attempt-count x-envoy-decorator-operation x-envoy-downstream-service-cluster x-envoy-downstream-service-node x-envoy-external-address x-envoy-is-timeout-retry x-envoy-original-host x-envoy-original-path x-envoy-expected-rq-timeout-ms x-envoy-force-trace x-envoy-hedge-on-per-try-timeout x-envoy-internal x-envoy-ip-tags x-envoy-max-retries x-envoy-retriable-header-names x-envoy-retriable-status-codes x-envoy-retry-grpc-on x-envoy-retry-on x-envoy-upstream-alt-stat-name x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response x-envoy-upstream-rq-timeout-ms x-envoy-upstream-stream-duration-ms x-forwarded-client-cert'.split(
    ' ',
  );
const JOINED_IN_RESPONSE =
  'age cache-control content-encoding content-type date etag expires grpc-message grpc-status last-modified location proxy-status server vary via x-request-id access-control-allow-credentials access-control-allow-headers access-control-allow-methods access-control-allow-origin access-control-expose-headers access-control-max-age x-envoy-attempt-count x-envoy-decorator-operation x-envoy-degraded x-envoy-immediate-health-check-fail x-envoy-ratelimited x-envoy-upstream-canary'.split(
    ' ',
  );
/** Received once at most, for the codec takes them off or refuses more: one line where filters write them. */
const JOINED_WHEN_WRITTEN = new Set([
  'keep-alive',
  'proxy-connection',
  'expect',
  'connection',
  'content-length',
  'te',
  'transfer-encoding',
  'upgrade',
]);
const HOP_BY_HOP = 'keep-alive trailer http2-settings';
const PLAIN =
  'accept-language accept-ranges allow alt-svc content-disposition content-language content-location content-range cookie dnt dpop forwarded from link max-forwards priority proxy-authenticate proxy-authorization range retry-after save-data sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc set-cookie strict-transport-security traceparent tracestate upgrade-insecure-requests www-authenticate x-api-key x-access-token x-b3-sampled x-b3-spanid x-b3-traceid x-content-type-options x-correlation-id x-envoy-upstream-service-time x-frame-options x-jwt-payload x-powered-by x-real-ip x-requested-with x-token x-xss-protection';

const SPECIAL: readonly (readonly [string, number])[] = [
  ['host', FIELD.host],
  ['connection', FIELD.connection],
  ['content-length', FIELD.contentLength],
  ['transfer-encoding', FIELD.transferEncoding],
  ['upgrade', FIELD.upgrade],
  ['expect', FIELD.expect],
  ['te', FIELD.te],
  ['proxy-connection', FIELD.proxyConnection],
  ['content_length', FIELD.framingLookalike],
  ['transfer_encoding', FIELD.framingLookalike],
];

interface Slot extends FieldName {
  readonly hash: number;
}

const SIZE = 1024;
const table: (Slot | undefined)[] = new Array(SIZE).fill(undefined);
const byName = new Map<string, FieldName>();

function addName(name: string, kind: number, requestBit = 0, responseBit = 0): void {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = nextHash(hash, name.charCodeAt(i));
  let at = hash & (SIZE - 1);
  while (table[at] !== undefined) at = (at + 1) & (SIZE - 1);
  const slot: Slot = { name, kind, requestBit, responseBit, hash };
  table[at] = slot;
  byName.set(name, slot);
}

for (const name of new Set([...JOINED_IN_REQUEST, ...JOINED_IN_RESPONSE])) {
  const [inRequest, inResponse] = [JOINED_IN_REQUEST.indexOf(name), JOINED_IN_RESPONSE.indexOf(name)];
  addName(name, FIELD.joined, bitOf(inRequest), bitOf(inResponse));
}
for (const name of HOP_BY_HOP.split(' ')) addName(name, FIELD.hopByHop, bitWhenWritten(name));
for (const name of PLAIN.split(' ')) addName(name, FIELD.plain);
for (const [name, kind] of SPECIAL) addName(name, kind, bitWhenWritten(name));

function bitWhenWritten(name: string): number {
  return JOINED_WHEN_WRITTEN.has(name) ? 1 : 0;
}

/** There are more names than bits: two that share one are told apart by the list itself. */
function bitOf(place: number): number {
  return place < 0 ? 0 : 1 << (place % 32);
}

/** One step of the hash over a name's lower-case bytes; starts from 0. */
export function nextHash(hash: number, lowerCaseByte: number): number {
  return (Math.imul(hash, 31) + lowerCaseByte) | 0;
}

/** The known name whose bytes stand at `start`, in whatever case, or undefined. `hash` is the name's, made while scanning. */
export function findName(bytes: Buffer, start: number, end: number, hash: number): FieldName | undefined {
  let at = hash & (SIZE - 1);
  for (;;) {
    const slot = table[at];
    if (slot === undefined) return undefined;
    if (slot.hash === hash && sameName(bytes, start, end, slot.name)) return slot;
    at = (at + 1) & (SIZE - 1);
  }
}

/** One of the table: spelt as a field's name must be. */
export function isKnownName(name: string): boolean {
  return byName.has(name);
}

/** Has a request one line of that name at most? For names that come as text. */
export function isJoinedInRequest(name: string): boolean {
  return (byName.get(name)?.requestBit ?? 0) !== 0;
}

/** Has a response one line of that name at most? */
export function isJoinedInResponse(name: string): boolean {
  return (byName.get(name)?.responseBit ?? 0) !== 0;
}

function sameName(bytes: Buffer, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[start + i]!;
    const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    if (lower !== name.charCodeAt(i)) return false;
  }
  return true;
}
