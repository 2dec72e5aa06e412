import { type Case, rbac, type Scene } from '../rehearsal/scene.ts';

/** Keeps out whoever's request id says that a tracer hears of it: the id is another one by then. */
const untracedOnly = [
  rbac({
    rules: {
      action: 'DENY',
      policies: {
        p: {
          permissions: [
            { header: { name: 'x-request-id', string_match: { safe_regex: { regex: '.{14}[9ab].*' } } } },
          ],
          principals: [{ any: true }],
        },
      },
    },
  }),
];

const forward = { match: { prefix: '/' }, route: { cluster: 'origin' } };
const scene = (name: string, manager: object, route: object = {}): Scene => ({
  name,
  filters: untracedOnly,
  manager,
  routeConfig: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ ...forward, ...route }] }] },
});
const half = {
  client_sampling: { value: 0 },
  random_sampling: { value: 50 },
  overall_sampling: { value: 75.9 },
};
const uuid = (config: object) => ({
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig',
    ...config,
  },
});

const marked: readonly Scene[] = [
  scene('no tracing', {}, { tracing: {} }),
  scene('tracing', { tracing: {} }),
  scene('half', { tracing: half }),
  scene('the route says half', { tracing: {} }, { tracing: { random_sampling: { numerator: 50 } } }),
  scene('not packed', { tracing: {}, request_id_extension: uuid({ pack_trace_reason: false }) }),
  scene('by no id', {
    tracing: half,
    request_id_extension: uuid({ use_request_id_for_trace_sampling: false }),
  }),
];

/** The client is told the id. */
const told: readonly Scene[] = [
  scene('always told', { always_set_request_id_in_response: true }),
  scene('told by hand', { path_with_escaped_slashes_action: 'REJECT_REQUEST' }),
];

const id = (leading: string, reason = '4') => `${leading}-1111-${reason}222-8333-444444444444`;
const IDS = [
  ...['00000000', '000009c3', '000009c4', '00001387', '00001388', '00001da5', '00001da6', '0000ffff'].map(
    (one) => id(one),
  ),
  ...['9', 'a', 'b', 'c'].map((reason) => id('00001da6', reason)),
  ...['0x000001', 'zzzzzzzz'].map((one) => id(one)),
  `${id('00000000')}0`,
];

const markedCases: readonly Case[] = marked.flatMap(({ name: scene }) =>
  IDS.flatMap((one) =>
    [false, true].map((isAsked) => ({
      name: `${one}${isAsked ? ', asked for' : ''}`,
      scene,
      request: {
        path: '/',
        headers: [['x-request-id', one] as const, ...(isAsked ? [['x-client-trace-id', '1'] as const] : [])],
      },
    })),
  ),
);

const toldCases: readonly Case[] = told.flatMap(({ name: scene }) =>
  ['/', '/a%2fb'].flatMap((path) =>
    [[], [['x-envoy-force-trace', '']], [['x-envoy-force-trace', '1']]].map((more) => ({
      name: `${path} ${JSON.stringify(more)}`,
      scene,
      request: { path, headers: [['x-request-id', id('00000000')], ...more] as [string, string][] },
    })),
  ),
);

export const tracingScenes: readonly Scene[] = [...marked, ...told];
export const tracingCases: readonly Case[] = [...markedCases, ...toldCases];
