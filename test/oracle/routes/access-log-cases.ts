import { createTokenSigner } from '../../e2e/token-signer.ts';
import { jwtAuthn, rbac, type Scene } from '../rehearsal/scene.ts';
import { metadataFilter } from './route-parts.ts';

const text = (inline_string: string, more: object = {}) => ({
  text_format_source: { inline_string },
  ...more,
});
const CODE = text('%RESPONSE_CODE% %REQ(:PATH)%\n');
const compare = (op: string, value: number) => ({
  comparison: { op, value: { default_value: value, runtime_key: 'x' } },
});
const lasting = (op: string, ms: number) => ({ duration_filter: compare(op, ms) });
const asking = (path: string) => ({
  header_filter: { header: { name: ':path', string_match: { exact: path } } },
});
const metadata = (more: object = {}) => ({
  metadata_filter: {
    matcher: {
      filter: 'envoy.filters.http.rbac',
      path: [{ key: 'enforced_engine_result' }],
      value: { string_match: { exact: 'denied' } },
    },
    ...more,
  },
});

/** A logger of each kind, by the name of its file. */
export const LOGS: readonly { name: string; format?: object; filter?: object }[] = [
  { name: 'default' },
  {
    name: 'text',
    format: text(
      '%REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_FLAGS_LONG% %RESPONSE_CODE_DETAILS% %UPSTREAM_CLUSTER% %UPSTREAM_HOST% %UPSTREAM_HOST_NAME% %ROUTE_NAME% %BYTES_RECEIVED% %BYTES_SENT% %UPSTREAM_REQUEST_ATTEMPT_COUNT% %DYNAMIC_METADATA(envoy.filters.http.rbac)% %DYNAMIC_METADATA(envoy.filters.http.jwt_authn)% %RESP(content-length)% %RESP(content-type)% %PROTOCOL% %UPSTREAM_PROTOCOL% %REQ(x-forwarded-for)% <%LOCAL_REPLY_BODY%> took %REQUEST_DURATION%|%RESPONSE_DURATION%|%DURATION%\n',
    ),
  },
  {
    name: 'omitting',
    format: text('[%REQ(none)%][%RESPONSE_FLAGS%][%RESPONSE_CODE_DETAILS%][%DYNAMIC_METADATA(ns:none)%]\n', {
      omit_empty_values: true,
    }),
  },
  { name: 'without line ends', format: text('%RESPONSE_CODE% ') },
  {
    name: 'json',
    format: {
      json_format: {
        z: '%REQ(:PATH)%',
        a: '%RESPONSE_CODE%',
        mixed: 'x %RESPONSE_CODE% %REQ(none)%',
        none: '%REQ(none)%',
        nested: { q: '%PROTOCOL%', none: '%REQ(none)%' },
        list: ['%PROTOCOL%', 'literal', 5, '%REQ(none)%'],
        md: '%DYNAMIC_METADATA(ns)%',
        mds: '%DYNAMIC_METADATA(ns:s)%',
        two: '%DYNAMIC_METADATA(ns:l)%%PROTOCOL%',
        literal: 'lit "é"\n',
        num: 5,
        bool: true,
        nothing: null,
        bytes: '%REQ(x-bin)%',
        cut: '%REQ(x-bin):2%',
        flags: '%RESPONSE_FLAGS%',
        start: '%START_TIME%',
        empty: '',
        flag: '%DYNAMIC_METADATA(ns:b)%',
        percent: '100%%',
        'ké"y': 'é',
      },
    },
  },
  {
    name: 'json omitting',
    format: {
      omit_empty_values: true,
      json_format: {
        a: '%RESPONSE_CODE%',
        none: '%REQ(none)%',
        mixed: 'x%REQ(none)%',
        o: { none: '%REQ(none)%' },
        list: ['%REQ(none)%', 'a'],
        flags: '%RESPONSE_FLAGS%',
        empty: '%DYNAMIC_METADATA(ns:e)%',
        literal: '',
        nothing: null,
      },
    },
  },
  { name: 'by status', format: CODE, filter: { status_code_filter: compare('GE', 500) } },
  { name: 'no health checks', format: CODE, filter: { not_health_check_filter: {} } },
  { name: 'by flags', format: CODE, filter: { response_flag_filter: { flags: ['NR', 'UF'] } } },
  { name: 'with flags', format: CODE, filter: { response_flag_filter: {} } },
  // What takes how long hangs on the machine, but for the one that its route's timeout ends.
  { name: 'slow', format: CODE, filter: { and_filter: { filters: [lasting('GE', 100), asking('/slow')] } } },
  {
    name: 'not so slow',
    format: CODE,
    filter: { and_filter: { filters: [lasting('LE', 99), asking('/slow')] } },
  },
  { name: 'slow enough for none', format: CODE, filter: lasting('GE', 3_600_000) },
  { name: 'quick enough for all', format: CODE, filter: lasting('LE', 3_600_000) },
  { name: 'by metadata', format: CODE, filter: metadata() },
  { name: 'by metadata that is there', format: CODE, filter: metadata({ match_if_key_not_found: false }) },
  {
    name: 'by header',
    format: CODE,
    filter: { header_filter: { header: { name: 'x-bin', present_match: true } } },
  },
  {
    name: 'and, or',
    format: CODE,
    filter: {
      or_filter: {
        filters: [
          {
            and_filter: {
              filters: [{ status_code_filter: compare('GE', 500) }, { not_health_check_filter: {} }],
            },
          },
          { status_code_filter: compare('EQ', 401) },
        ],
      },
    },
  },
];

const HTTP = 'type.googleapis.com/envoy.extensions.filters.http';
const FILE = 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog';

const forwarded = (prefix: string, name: string, action: object, more: object = {}) => ({
  match: { prefix },
  name,
  route: { cluster: 'origin', ...action },
  ...more,
});

const limited = {
  typed_per_filter_config: {
    'filter-3': {
      '@type': `${HTTP}.local_ratelimit.v3.LocalRateLimit`,
      stat_prefix: 'x',
      token_bucket: { max_tokens: 1, fill_interval: '1000s' },
      filter_enabled: { default_value: { numerator: 100 } },
      filter_enforced: { default_value: { numerator: 100 } },
    },
  },
};

const policies = {
  admin: { permissions: [{ url_path: { path: { prefix: '/admin' } } }], principals: [{ any: true }] },
};

const signer = createTokenSigner('ES256');
const provider = {
  issuer: 'i',
  local_jwks: { inline_string: signer.jwks },
  failed_status_in_metadata: 'failed',
};

/** @param fileOf where the logger of a name writes */
export function accessLogScene(fileOf: (name: string) => string): Scene {
  return {
    name: 'logged',
    filters: [
      metadataFilter({ s: 'te"xt é\u0001', l: ['1', 'a'], b: true, o: { b: 'x', a: { c: true } }, e: '' }),
      rbac({ rules: { action: 'DENY', policies } }),
      jwtAuthn({
        providers: { p: provider },
        rules: [{ match: { prefix: '/jwt' }, requires: { provider_name: 'p' } }],
      }),
      { type: `${HTTP}.local_ratelimit.v3.LocalRateLimit`, stat_prefix: 'x' },
    ],
    manager: {
      access_log: LOGS.map(({ name, format, filter }) => ({
        name,
        filter,
        typed_config: { '@type': FILE, path: fileOf(name), log_format: format },
      })),
    },
    routeConfig: {
      validate_clusters: false,
      virtual_hosts: [
        {
          name: 'all',
          domains: ['host.test'],
          routes: [
            {
              match: { prefix: '/direct' },
              name: 'direct',
              direct_response: { status: 203, body: { inline_string: 'body' } },
            },
            { match: { prefix: '/redirect' }, redirect: { path_redirect: '/x' } },
            forwarded('/nowhere', 'nowhere', { cluster: 'none' }),
            forwarded('/dead', 'dead', { cluster: 'dead' }),
            forwarded('/empty', 'empty', { cluster: 'empty' }),
            forwarded('/slow', 'slow', { timeout: '0.3s' }),
            forwarded('/limited', 'limited', {}, limited),
            forwarded('/', 'rest', { prefix_rewrite: '/up/' }),
          ],
        },
      ],
    },
  };
}

const get = (path: string, ...headers: string[]) => ({
  method: 'GET',
  text: `GET ${path} HTTP/1.1\r\nhost: host.test\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`,
});

export const loggedRequests: readonly { method: string; text: string }[] = [
  get('/ok?token=in-the-query', 'x-bin: a\xe9"\\b', 'user-agent: ua "q"', 'x-forwarded-for: 1.2.3.4'),
  get('/direct'),
  get('/redirect'),
  get('/jwt'),
  get('/admin'),
  { method: 'GET', text: 'GET /x HTTP/1.1\r\nhost: other.test\r\n\r\n' },
  get('/nowhere'),
  get('/empty'),
  get('/slow', 'x-slow: 1'),
  get('/limited'),
  get('/limited'),
  get('/ok', 'x-cut: 1'),
  get('/ok', 'x-bad: 1'),
  { method: 'GET', text: 'GET / HTTP/1.1\r\n\r\n' },
  { method: 'POST', text: 'POST /ok HTTP/1.1\r\nhost: host.test\r\ncontent-length: 5\r\n\r\nhello' },
  { method: 'POST', text: 'POST /jwt HTTP/1.1\r\nhost: host.test\r\ncontent-length: 5\r\n\r\nhello' },
  { method: 'HEAD', text: 'HEAD /jwt HTTP/1.1\r\nhost: host.test\r\n\r\n' },
  get('/jwt', 'content-type: application/grpc'),
  get('/ok', 'x-request-id: abc', 'user-agent: Envoy/HC'),
];
