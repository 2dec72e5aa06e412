import { ManualClock } from '../../src/base/index.ts';
import { loadConfig } from '../../src/control/config/index.ts';
import { compileSnapshot } from '../../src/proxy/rehearsal/index.ts';
import { Findings } from '../../src/resources/index.ts';
import { bootstrapOf, type DifferentialCase, type JsonObject } from './case.ts';

const ROUTER = {
  name: 'router',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
};
const TYPE = 'type.googleapis.com/envoy';

const withRoute = (route: JsonObject): JsonObject => ({
  route_config: {
    virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, ...route }] }],
  },
  http_filters: [ROUTER],
});
const withAction = (action: JsonObject) => withRoute({ route: { cluster: 'origin', ...action } });
const withManager = (fields: JsonObject): JsonObject => ({ ...withAction({}), ...fields });
const withPerFilter = (type: string, config: JsonObject) =>
  withRoute({
    route: { cluster: 'origin' },
    typed_per_filter_config: { jwt: { '@type': `${TYPE}.${type}`, ...config } },
  });
const withFormat = (value: string) =>
  withRoute({ route: { cluster: 'origin' }, request_headers_to_add: [{ header: { key: 'x', value } }] });
const withFilter = (type: string, config: JsonObject): JsonObject => ({
  ...withAction({}),
  http_filters: [
    { name: 'probed', typed_config: { '@type': `${TYPE}.extensions.filters.http.${type}`, ...config } },
    ROUTER,
  ],
});
const EVERYONE = { permissions: [{ any: true }], principals: [{ any: true }] };
const withPrincipal = (principal: JsonObject) =>
  withFilter('rbac.v3.RBAC', {
    rules: { policies: { p: { permissions: [{ any: true }], principals: [principal] } } },
  });
const TEMPLATE = {
  name: 'envoy.path.match.uri_template.uri_template_matcher',
  typed_config: {
    '@type': `${TYPE}.extensions.path.match.uri_template.v3.UriTemplateMatchConfig`,
    path_template: '/a',
  },
};
const SOME_MATCH = {
  predicate: {
    single_predicate: {
      input: {
        name: 'input',
        typed_config: { '@type': `${TYPE}.type.matcher.v3.HttpRequestHeaderMatchInput`, header_name: 'x-a' },
      },
      value_match: { exact: 'a' },
    },
  },
  on_match: {
    action: {
      name: 'action',
      typed_config: { '@type': `${TYPE}.config.rbac.v3.Action`, name: 'p', action: 'ALLOW' },
    },
  },
};
const rewrite = { pattern: { regex: 'a' }, substitution: 'b' };

/** Parts of a configuration that are generated only once jotgate does them: the smallest connection manager with each. */
const PROBES = {
  redirect: withRoute({ redirect: { host_redirect: 'a' } }),
  prefix_rewrite: withAction({ prefix_rewrite: '/a' }),
  regex_rewrite: withAction({ regex_rewrite: rewrite }),
  host_rewrite_header: withAction({ host_rewrite_header: 'x-a' }),
  host_rewrite_path_regex: withAction({ host_rewrite_path_regex: rewrite }),
  jwt_per_route: withPerFilter('extensions.filters.http.jwt_authn.v3.PerRouteConfig', { disabled: true }),
  rbac_per_route: withPerFilter('extensions.filters.http.rbac.v3.RBACPerRoute', {}),
  filter_config: withPerFilter('config.route.v3.FilterConfig', { disabled: true }),
  strip_matching_host_port: withManager({ strip_matching_host_port: true }),
  strip_any_host_port: withManager({ strip_any_host_port: true }),
  response_code_details: withFormat('%RESPONSE_CODE_DETAILS%'),
  protocol: withFormat('%PROTOCOL%'),
  cors: withFilter('cors.v3.Cors', {}),
  header_to_metadata: withFilter('header_to_metadata.v3.Config', {
    request_rules: [{ header: 'x-a', on_header_present: { key: 'k' } }],
  }),
  set_metadata: withFilter('set_metadata.v3.Config', { metadata: [{ metadata_namespace: 'n', value: {} }] }),
  header_mutation: withFilter('header_mutation.v3.HeaderMutation', { mutations: {} }),
  ext_authz: withFilter('ext_authz.v3.ExtAuthz', {
    http_service: { server_uri: { uri: 'http://a.test', cluster: 'keys', timeout: '1s' } },
  }),
  local_ratelimit: withFilter('local_ratelimit.v3.LocalRateLimit', { stat_prefix: 'a' }),
  rbac_matcher: withFilter('rbac.v3.RBAC', { matcher: { matcher_list: { matchers: [SOME_MATCH] } } }),
  sourced_metadata: withPrincipal({
    sourced_metadata: {
      metadata_matcher: { filter: 'f', path: [{ key: 'k' }], value: { present_match: true } },
      metadata_source: 'ROUTE',
    },
  }),
  filter_state_principal: withPrincipal({ filter_state: { key: 'k', string_match: { exact: 'v' } } }),
  upstream_matcher: withFilter('rbac.v3.RBAC', {
    rules: {
      policies: {
        p: {
          principals: [{ any: true }],
          permissions: [
            {
              matcher: {
                name: 'upstream',
                typed_config: {
                  '@type': `${TYPE}.extensions.rbac.matchers.upstream_ip_port.v3.UpstreamIpPortMatcher`,
                  upstream_port_range: { start: '1', end: '2' },
                },
              },
            },
          ],
        },
      },
    },
  }),
  rbac_condition: withFilter('rbac.v3.RBAC', {
    rules: { policies: { p: { ...EVERYONE, condition: { const_expr: { bool_value: true } } } } },
  }),
  uri_template: withRoute({ match: { path_match_policy: TEMPLATE }, route: { cluster: 'origin' } }),
  route_metadata: withRoute({
    match: {
      prefix: '/',
      dynamic_metadata: [{ filter: 'f', path: [{ key: 'k' }], value: { present_match: true } }],
    },
    route: { cluster: 'origin' },
  }),
} as const satisfies Record<string, JsonObject>;

export type FeatureName = keyof typeof PROBES;

/** Which of them this build of jotgate takes. */
export function findFeatures(): ReadonlySet<FeatureName> {
  const names = Object.keys(PROBES) as FeatureName[];
  return new Set(names.filter((name) => isTaken(PROBES[name])));
}

function isTaken(manager: JsonObject): boolean {
  const probe: DifferentialCase = { id: 'probe', manager, keys: {}, requests: [] };
  const text = JSON.stringify(bootstrapOf([probe], { origin: 1, keys: 1, grpc: 1 }));
  const { snapshot } = loadConfig([{ name: 'probe.json', text }]);
  if (snapshot === null) return false;
  const findings = new Findings();
  compileSnapshot(snapshot, { findings, clock: new ManualClock(0), jwks: null });
  return !findings.hasErrors;
}
