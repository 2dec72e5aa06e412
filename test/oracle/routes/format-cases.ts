import type { Case, Scene } from '../rehearsal/scene.ts';
import { add, forward, metadataFilter } from './route-parts.ts';

/** All that a request, and a response, can say the same of on both sides. */
const OPERATORS = [
  '%PROTOCOL%',
  '%RESPONSE_CODE%',
  '%RESPONSE_CODE_DETAILS%',
  '%RESPONSE_FLAGS%',
  '%RESPONSE_FLAGS_LONG%',
  '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%',
  '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%',
  '%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%',
  '%UPSTREAM_HOST%',
  '%UPSTREAM_HOST_NAME%',
  '%UPSTREAM_HOST_NAME_WITHOUT_PORT%',
  '%UPSTREAM_CLUSTER%',
  '%UPSTREAM_CLUSTER_RAW%',
  '%UPSTREAM_REMOTE_ADDRESS%',
  '%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%',
  '%UPSTREAM_REMOTE_PORT%',
  '%UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%',
  '%UPSTREAM_PROTOCOL%',
  '%REQUESTED_SERVER_NAME%',
  '%ROUTE_NAME%',
  '%HOSTNAME%',
  '%RESP(x-none?content-length)%',
  '%RESP(:status)%',
  '%RESPONSE_HEADER(content-length):1%',
  '%REQ(X-A?:PATH):4%',
  '%REQ(:METHOD)%%REQ(:AUTHORITY)%%REQ(host)%%REQ(:SCHEME)%',
  '%REQUEST_HEADER(x-none)%',
  '%PATH%',
  '%PATH(NQ)%',
  '%PATH(NQ:ORIG)%',
  '%PATH(WQ:PATH)%',
  '%PATH(WQ:ORIG_OR_PATH):4%',
  '%QUERY_PARAM(a)%',
  '%QUERY_PARAM(b):2%',
  '%QUERY_PARAM(none)%',
  '%QUERY_PARAMS%',
  '%METADATA(DYNAMIC:ns:s)%',
  '%METADATA(ROUTE:rns:k)%',
  '%DYNAMIC_METADATA(ns)%',
  '%DYNAMIC_METADATA(ns:l):3%',
  '%DYNAMIC_METADATA(ns:o:a:c)%',
  '%DYNAMIC_METADATA(ns:none)%',
  '%FILTER_STATE(a:PLAIN)%',
  '%ENVIRONMENT(JOTGATE_TEST_NOT_SET)%',
  '%ENVIRONMENT(HOME):2%',
  '%TRACE_ID%',
  '%LOCAL_REPLY_BODY%',
  '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
  '%BYTES_RECEIVED%',
  '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  '%DOWNSTREAM_PEER_URI_SAN%%DOWNSTREAM_PEER_SUBJECT%',
];

const headers = (prefix: string) =>
  OPERATORS.map((operator, index) => add(`${prefix}-${index}`, `<${operator}>`));

const route = (prefix: string, action: object, more: object = {}) => ({
  match: { prefix },
  ...action,
  response_headers_to_add: headers('x-out'),
  ...more,
});

export const formatScenes: readonly Scene[] = [
  {
    name: 'formats',
    filters: [metadataFilter({ s: 'te"xt é', l: ['1', 'a'], b: true, o: { b: 'x', a: { c: true } }, e: '' })],
    routeConfig: {
      validate_clusters: false,
      virtual_hosts: [
        {
          name: 'all',
          domains: ['host.test'],
          routes: [
            forward('/forward', { prefix_rewrite: '/new' }, headers('x-in'), {
              name: 'named',
              metadata: { filter_metadata: { rns: { k: 'v' } } },
              response_headers_to_add: headers('x-out'),
            }),
            route('/direct', { direct_response: { status: 203, body: { inline_string: 'd' } } }),
            route('/redirect', { redirect: { path_redirect: '/x' } }, { name: 'redirected' }),
            route('/nowhere', { route: { cluster: 'none' } }),
            forward('/removed', {}, [], {
              response_headers_to_remove: ['x-envoy-upstream-service-time', 'server', 'date'],
            }),
          ],
        },
      ],
    },
  },
];

const asked = (path: string, rehearsed: boolean, ...lines: (readonly [string, string])[]): Case => ({
  name: `formats of ${path} with ${JSON.stringify(lines)}`,
  scene: 'formats',
  request: { path, headers: lines },
  rehearsed,
});

export const formatCases: readonly Case[] = [
  asked('/forward?a=1%20x&b=longer', false, ['x-a', 'abcdefg']),
  asked('/forward', false),
  asked('/forward?a=+&a=2&b', false, ['x-a', ''], ['x-forwarded-for', '1.2.3.4']),
  asked('/direct?a=1', true),
  asked('/redirect', true),
  asked('/nowhere', true),
  asked('/removed', true),
];
