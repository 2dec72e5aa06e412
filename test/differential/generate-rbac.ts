import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import type { FeatureName } from './features.ts';
import { generateCel, generateCelOptions } from './generate-cel.ts';
import { generateCertificateRule } from './generate-clients.ts';
import { generateCondition } from './generate-conditions.ts';
import { generateMatcher } from './generate-match-trees.ts';
import {
  generateHeaderMatcher,
  generateString,
  generateUriTemplate,
  generateValueMatcher,
} from './generate-matchers.ts';
import { AUDIENCES, CLAIM_PATHS, CLAIMS, ISSUERS, PATHS, SUBJECTS } from './words.ts';

const JWT_NAMESPACE = 'envoy.filters.http.jwt_authn';
const RANGES: readonly JsonObject[] = [
  { address_prefix: '127.0.0.0', prefix_len: 8 },
  { address_prefix: '127.0.0.1' },
  { address_prefix: '127.0.0.1', prefix_len: 32 },
  { address_prefix: '10.0.0.0', prefix_len: 8 },
  { address_prefix: '10.1.0.0', prefix_len: 16 },
  { address_prefix: '0.0.0.0', prefix_len: 0 },
  { address_prefix: '::', prefix_len: 0 },
  { address_prefix: '2001:db8::', prefix_len: 32 },
  { address_prefix: '::ffff:127.0.0.1', prefix_len: 128 },
  { address_prefix: '10.1.2.3', prefix_len: 33 },
];
const POLICY_NAMES = ['admins', 'B', 'a policy', 'é', 'z', 'default'];

/** What policies can be about: where jwt_authn leaves its payloads. */
export interface RbacWords {
  payloadKeys: readonly string[];
  paths: string[];
  features: ReadonlySet<FeatureName>;
  /** The listener has TLS. */
  tls: boolean;
}

/** @param matchers how often it is written in the matcher API */
export function generateRbac(choose: Choose, words: RbacWords, matchers = 0.12): JsonObject {
  const matcher = words.features.has('rbac_matcher') ? matchers : 0;
  return {
    ...(choose.chance(matcher)
      ? { matcher: generateMatcher(choose, words.payloadKeys) }
      : choose.field<Json>(0.95, 'rules', () => generateRules(choose, words))),
    ...(choose.chance(matcher / 3)
      ? { shadow_matcher: generateMatcher(choose, words.payloadKeys) }
      : choose.field<Json>(0.25, 'shadow_rules', () => generateRules(choose, words))),
    ...choose.field(0.15, 'rules_stat_prefix', () => choose.pick(['r_', 'r.'])),
    ...choose.field(0.15, 'shadow_rules_stat_prefix', () => 's_'),
    ...choose.field(0.1, 'track_per_rule_stats', () => true),
  };
}

function generateRules(choose: Choose, words: RbacWords): JsonObject {
  const names = choose.some(choose.chance(0.05) ? 0 : 1, 4, [...POLICY_NAMES, '']);
  const options = choose.maybe(0.6, () => generateCelOptions(choose));
  const policies = Object.fromEntries(names.map((name) => [name, generatePolicy(choose, words, options)]));
  return {
    ...choose.field(0.9, 'action', () => choose.pick(['ALLOW', 'ALLOW', 'ALLOW', 'DENY', 'DENY', 'LOG'])),
    policies,
    ...choose.field<Json>(0.04, 'audit_logging_options', () => generateAudit(choose)),
  };
}

/** What is logged decides nothing, but whether there is such a logger: Envoy has none of its own in every build. */
const generateAudit = (choose: Choose): JsonObject => ({
  ...choose.field(0.9, 'audit_condition', () =>
    choose.pick(['NONE', 'ON_DENY', 'ON_ALLOW', 'ON_DENY_AND_ALLOW']),
  ),
  ...choose.field<Json>(0.3, 'logger_configs', () => [
    {
      audit_logger: { name: 'audit', typed_config: { '@type': 'type.googleapis.com/google.protobuf.Empty' } },
      ...choose.field(0.7, 'is_optional', () => true),
    },
  ]),
});

function generatePolicy(choose: Choose, words: RbacWords, options: JsonObject | undefined): JsonObject {
  return {
    permissions: choose.chance(0.4)
      ? [{ any: true }]
      : choose.list(1, 2, () => generatePermission(choose, words, 0)),
    principals: choose.chance(0.3)
      ? [{ any: true }]
      : choose.list(1, 3, () => generatePrincipal(choose, words, 0)),
    ...(words.features.has('rbac_condition') && choose.chance(0.18)
      ? conditionOf(choose, words, options)
      : {}),
    ...choose.field<Json>(0.02, 'checked_condition', () => ({
      expr: generateCel(choose, words.payloadKeys, options ?? {}),
    })),
  };
}

/** One condition without `cel_config` beside others with it takes it from them; seldom, for Envoy then refuses most. */
function conditionOf(
  choose: Choose,
  { payloadKeys }: RbacWords,
  options: JsonObject | undefined,
): JsonObject {
  const said = options === undefined || choose.chance(0.03) ? {} : { cel_config: options };
  const condition = choose.chance(0.4)
    ? generateCondition(choose, payloadKeys)
    : generateCel(choose, payloadKeys, options ?? {});
  return { condition, ...said };
}

export function generatePermission(choose: Choose, words: RbacWords, depth: number): JsonObject {
  const inner = () => generatePermission(choose, words, depth + 1);
  const group = () => ({ rules: choose.list(1, 3, inner) });
  return choose.weighted<JsonObject>([
    [1, () => ({ any: choose.chance(0.9) || true })],
    [4, () => ({ url_path: generatePath(choose, words) })],
    [4, () => ({ header: generateHeaderMatcher(choose) })],
    [2, () => ({ metadata: generateMetadata(choose, words) })],
    [1, () => ({ destination_port: choose.pick([1, 80]) })],
    [
      1,
      () => ({
        destination_port_range: choose.pick<Json>([
          { start: 1, end: 65536 },
          { start: 1, end: 2 },
        ]),
      }),
    ],
    [1, () => ({ destination_ip: choose.pick(RANGES) })],
    [words.features.has('sourced_metadata') ? 1 : 0, () => generateSourcedMetadata(choose, words)],
    [words.features.has('upstream_matcher') ? 0.3 : 0, () => ({ matcher: upstreamMatcher(choose) })],
    [
      words.features.has('uri_template') ? 1 : 0,
      () => ({ uri_template: generateUriTemplate(choose, words.paths) }),
    ],
    [
      words.tls ? 3 : 0.5,
      () => ({ requested_server_name: generateString(choose, ['', 'host.test', 'a.test']) }),
    ],
    [depth > 1 ? 0 : 2, () => ({ not_rule: inner() })],
    [depth > 1 ? 0 : 2, () => ({ and_rules: group() })],
    [depth > 1 ? 0 : 2, () => ({ or_rules: group() })],
  ]);
}

export function generatePrincipal(choose: Choose, words: RbacWords, depth: number): JsonObject {
  const inner = () => generatePrincipal(choose, words, depth + 1);
  const group = () => ({ ids: choose.list(1, 3, inner) });
  return choose.weighted<JsonObject>([
    [1, () => ({ any: true })],
    [9, () => ({ metadata: generateMetadata(choose, words) })],
    [3, () => ({ header: generateHeaderMatcher(choose) })],
    [1, () => ({ url_path: generatePath(choose, words) })],
    [1, () => ({ source_ip: choose.pick(RANGES) })],
    [1, () => ({ direct_remote_ip: choose.pick(RANGES) })],
    [2, () => ({ remote_ip: choose.pick(RANGES) })],
    [words.tls ? 1 : 0.5, () => ({ authenticated: {} })],
    [words.tls ? 12 : 0.3, () => generateCertificateRule(choose)],
    [words.features.has('sourced_metadata') ? 1.5 : 0, () => generateSourcedMetadata(choose, words)],
    [
      words.features.has('filter_state_principal') ? 0.3 : 0,
      () => ({ filter_state: { key: 'k', ...generateStateMatch(choose) } }),
    ],
    [depth > 1 ? 0 : 2, () => ({ not_id: inner() })],
    [depth > 1 ? 0 : 2, () => ({ and_ids: group() })],
    [depth > 1 ? 0 : 2, () => ({ or_ids: group() })],
  ]);
}

/** No filter leaves any filter state: only whether there is none counts. */
const generateStateMatch = (choose: Choose): JsonObject =>
  choose.chance(0.7)
    ? { string_match: { exact: 'v' } }
    : {
        address_match: {
          ranges: choose.some(1, 2, RANGES),
          ...choose.field(0.3, 'invert_match', () => true),
        },
      };

function generatePath(choose: Choose, words: RbacWords): JsonObject {
  const path = choose.pick(PATHS);
  words.paths.push(path);
  return { path: generateString(choose, [path]) };
}

function textsOf(path: readonly string[]): string[] {
  const [name = ''] = path;
  if (name === 'sub') return [...SUBJECTS];
  if (name === 'iss') return [...ISSUERS];
  if (name === 'aud') return [...AUDIENCES];
  const values = Object.hasOwn(CLAIMS, name) ? (CLAIMS[name] ?? []) : [];
  const texts = values.flatMap((value) => (typeof value === 'string' && value.length < 50 ? [value] : []));
  return [...texts, 'dev', 'ops', 'r1', 'read', 'admin', 'dotted'];
}

/** Metadata of the stream, or of the route that serves it. */
function generateSourcedMetadata(choose: Choose, words: RbacWords): JsonObject {
  const ofRoute: JsonObject = {
    filter: 'mine',
    path: [{ key: 'plan' }, ...choose.some(0, 1, [{ key: 'tier' }])],
    value: generateValueMatcher(choose, ['gold', 'free']),
    ...choose.field(0.15, 'invert', () => true),
  };
  const source = choose.pick(['DYNAMIC', 'ROUTE', 'ROUTE']);
  const matcher = choose.chance(0.7) && source === 'ROUTE' ? ofRoute : generateMetadata(choose, words);
  return { sourced_metadata: { metadata_matcher: matcher, metadata_source: source } };
}

const EXTENSION = 'type.googleapis.com/envoy.extensions.rbac';

const upstreamMatcher = (choose: Choose): JsonObject => ({
  name: 'upstream',
  typed_config: {
    '@type': `${EXTENSION}.matchers.upstream_ip_port.v3.UpstreamIpPortMatcher`,
    ...(choose.chance(0.5)
      ? { upstream_ip: choose.pick(RANGES) }
      : { upstream_port_range: { start: '1', end: '65535' } }),
  },
});

/** A claim of a payload, the status of a failure, or what another rbac filter left. */
function generateMetadata(choose: Choose, words: RbacWords): JsonObject {
  const claim = choose.pick(CLAIM_PATHS);
  const payload = choose.pick([...words.payloadKeys, ...words.payloadKeys, 'payload']);
  const [filter, path, texts] = choose.weighted<[string, readonly string[], readonly string[]]>([
    [10, () => [JWT_NAMESPACE, [payload, ...claim], textsOf(claim)]],
    [1, () => [JWT_NAMESPACE, ['failed', 'message'], ['Jwt is missing', 'Jwt is expired']]],
    [1, () => [JWT_NAMESPACE, ['failed', 'code'], ['1']]],
    [1, () => [JWT_NAMESPACE, ['header', 'alg'], ['RS256', 'ES256']]],
    [0.5, () => ['envoy.filters.http.rbac', ['shadow_engine_result'], ['allowed', 'denied']]],
    [0.5, () => ['missing', ['x'], ['x']]],
  ]);
  return {
    filter,
    path: path.map((key) => ({ key })),
    value: generateValueMatcher(choose, texts),
    ...choose.field(0.15, 'invert', () => true),
  };
}
