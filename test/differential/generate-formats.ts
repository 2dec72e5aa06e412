import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import type { FeatureName } from './features.ts';
import { APPEND_ACTIONS, CLAIM_PATHS } from './words.ts';

export interface FormatWords {
  payloadKeys: readonly string[];
  features: ReadonlySet<FeatureName>;
}

export const ADDED = ['x-added', 'x-a', 'x-user', 'X-Added-2', 'accept', 'user-agent', 'cookie'];
/** Fields that mean something to a hop. What tells where a message ends is row Q26, and no peer could read Envoy's message. */
const MEANT = ['via', 'x-forwarded-for', 'x-request-id', 'x-envoy-attempt-count', 'server', 'date', 'etag'];
const RBAC_KEYS = [
  'shadow_engine_result',
  'shadow_effective_policy_id',
  's_shadow_engine_result',
  's_shadow_effective_policy_id',
  'enforced_engine_result',
  'enforced_effective_policy_id',
  'r_enforced_engine_result',
];

/** Header changes of one level, with a probability for each kind. */
export function generateHeaderChanges(choose: Choose, words: FormatWords, probability: number): JsonObject {
  return {
    ...choose.field<Json>(probability, 'request_headers_to_add', () =>
      choose.list(1, 3, () => generateAddition(choose, words)),
    ),
    ...choose.field<Json>(probability / 3, 'request_headers_to_remove', () =>
      choose.some(1, 2, ['x-a', 'x-B', 'x-user', 'authorization', 'x-sub', 'cookie']),
    ),
    ...choose.field<Json>(probability / 2, 'response_headers_to_add', () =>
      choose.list(1, 2, () => generateAddition(choose, words)),
    ),
    ...choose.field<Json>(probability / 4, 'response_headers_to_remove', () =>
      choose.some(1, 2, ['x-up', 'www-authenticate', 'Content-Type', 'x-added', 'location']),
    ),
  };
}

/** A HeaderValueOption. */
export function generateAddition(choose: Choose, words: FormatWords): JsonObject {
  return {
    header: {
      key: choose.chance(0.05) ? choose.pick(MEANT) : choose.pick(ADDED),
      value: generateFormat(choose, words),
    },
    ...(choose.chance(0.05)
      ? { append: choose.chance(0.5) }
      : choose.field(0.6, 'append_action', () => choose.pick(APPEND_ACTIONS))),
    ...choose.field(0.1, 'keep_empty_value', () => true),
  };
}

/** A text with what a request fills in. */
export function generateFormat(choose: Choose, words: FormatWords): string {
  const { payloadKeys, features } = words;
  const payload = choose.pick([...payloadKeys, ...payloadKeys, 'payload']);
  const claim = choose.pick(CLAIM_PATHS);
  const safeClaim = claim.some((key) => key.includes(':')) ? ['sub'] : claim;
  const metadata = (...path: string[]) =>
    `%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:${path.join(':')})%`;
  return choose.weighted<string>([
    [2, () => choose.pick(['v', '', 'a b', '100%%', 'é'])],
    [5, () => metadata(payload, ...safeClaim)],
    [2, () => metadata(payload)],
    [2, () => metadata('failed')],
    [1, () => metadata('header')],
    [1, () => metadata('failed', 'code')],
    [2, () => `%REQ(${choose.pick([...REQUEST_NAMES, ':scheme', 'host'])})%`],
    [1, () => `<%REQ(x-a)%:${metadata(payload, 'sub')}>`],
    [1, () => '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%'],
    [1, () => '%ROUTE_NAME%'],
    [1, () => `%DYNAMIC_METADATA(envoy.filters.http.rbac:${choose.pick(RBAC_KEYS)})%`],
    [features.has('response_code_details') ? 0.5 : 0, () => '%RESPONSE_CODE_DETAILS%'],
    [features.has('protocol') ? 0.5 : 0, () => '%PROTOCOL%'],
    [4, () => rareFormat(choose)],
    [0.5, () => `${metadata(payload, 'sub')}`.replace(/%$/, ':3%')],
  ]);
}

const REQUEST_NAMES = ['x-a', ':path', ':method', ':authority', 'X-B?x-a', 'x-sub', 'missing'];

function rareFormat(choose: Choose): string {
  return choose.weighted<string>([
    [4, () => `%${choose.pick(COMMANDS)}%`],
    [4, () => `%${choose.pick(WITH_ARGUMENT)}%`],
    [1, () => `%${choose.pick(WITH_ARGUMENT)}:${choose.pick([0, 1, 3, 500])}%`],
    [1, () => `%${choose.pick(WITH_ARGUMENT)}%,%${choose.pick(COMMANDS)}%`],
  ]);
}

/**
 * Not among them: times and durations, which no two runs share; ports and what has a port in it, which are not the same on the two
 * sides; ids that are drawn; counts of bytes, which hang on what has come by then; what is known of the upstream's host, which Envoy
 * tells of a request that cannot be sent too.
 */
const COMMANDS = [
  'RESPONSE_CODE',
  'RESPONSE_FLAGS',
  'RESPONSE_FLAGS_LONG',
  'UPSTREAM_CLUSTER',
  'UPSTREAM_CLUSTER_RAW',
  'UPSTREAM_REQUEST_ATTEMPT_COUNT',
  'UPSTREAM_TRANSPORT_FAILURE_REASON',
  'DOWNSTREAM_TRANSPORT_FAILURE_REASON',
  'DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT',
  'DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT',
  'DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT',
  'DOWNSTREAM_PEER_URI_SAN',
  'DOWNSTREAM_PEER_DNS_SAN',
  'DOWNSTREAM_PEER_EMAIL_SAN',
  'DOWNSTREAM_PEER_IP_SAN',
  'DOWNSTREAM_PEER_SUBJECT',
  'REQUESTED_SERVER_NAME',
  'LOCAL_REPLY_BODY',
  'TRACE_ID',
  'SPAN_ID',
  'HOSTNAME',
  'PATH',
  'QUERY_PARAMS',
];

const WITH_ARGUMENT = [
  'REQUEST_HEADER(x-role)',
  'REQ(x-envoy-original-path?:path)',
  'RESP(x-up)',
  'RESP(:status)',
  'RESP(missing?content-type)',
  'RESPONSE_HEADER(www-authenticate)',
  'METADATA(ROUTE:mine:plan)',
  'METADATA(ROUTE:mine:plan:tier)',
  'METADATA(DYNAMIC:mine:k)',
  'DYNAMIC_METADATA(mine)',
  'DYNAMIC_METADATA(envoy.filters.http.ext_authz:user)',
  'QUERY_PARAM(x)',
  'QUERY_PARAM(token)',
  'PATH(WQ:ORIG)',
  'PATH(NQ:PATH)',
  'PATH(NQ)',
  'FILTER_STATE(k)',
  'FILTER_STATE(k:PLAIN)',
  'DYNAMIC_METADATA(["mine","k"])',
  'DYNAMIC_METADATA(["envoy.filters.http.jwt_authn","payload","sub"])',
  'START_TIME((a)b)',
  'REQ(?x-a)',
  'PATH(NQ:)',
  'ENVIRONMENT(JOTGATE_DIFFERENTIAL)',
];
