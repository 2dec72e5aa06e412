import type { Json, JsonObject, KeyDocument } from './case.ts';
import type { Choose } from './choose.ts';
import { generateRouteMatch, generateString } from './generate-matchers.ts';
import { generateKeySet, type KeySet } from './key-sets.ts';
import type { KeyPool } from './keys.ts';
import { AUDIENCES, CLAIM_PATHS, ISSUERS, SUBJECTS, wordsOf } from './words.ts';

/** A provider as far as tokens and requests are made for it. */
export interface ProviderPlan {
  name: string;
  issuer: string;
  audiences: string[];
  keySet: KeySet;
  skewSeconds: number;
  maxLifetimeSeconds: number | null;
  headers: { name: string; prefix: string }[];
  parameters: string[];
  cookies: string[];
  outputs: string[];
  payloadKey: string | undefined;
}

export interface JwtPlan {
  config: JsonObject;
  providers: ProviderPlan[];
  keys: Record<string, KeyDocument>;
  paths: string[];
  /** Headers that requests try to forge. */
  forgeable: string[];
  requirementNames: string[];
}

const TOKEN_HEADERS = ['authorization', 'x-token', 'x-jwt', 'X-A', 'x-b', 'cookie2'];
const PREFIXES = ['', '', 'Bearer ', 'Bearer ', 'JWT ', 'Bearer', 'pre:', 'x'];
const TOKEN_PARAMETERS = ['access_token', 't', 'jwt', 'x'];
const TOKEN_COOKIES = ['s', 'session', 'a'];
const OUTPUT_HEADERS = ['x-payload', 'x-sub', 'x-role', 'X-Claim', 'x-user', 'x-a', 'x-nested', 'accept'];
/** Names that Envoy has a place of their own for, or that stand for something else. */
const ODD_OUTPUT_HEADERS = wordsOf(`
  Accept User-Agent x-envoy-original-path X-Envoy-Original-Path content-type referer origin via
  x-forwarded-for x-forwarded-proto X-Forwarded-Host x-request-id x-envoy-internal authorization
  x-envoy-decorator-operation x-envoy-external-address x-envoy-retry-on x-forwarded-client-cert cookie
  date server etag location set-cookie www-authenticate range forwarded x_under if-none-match
  grpc-timeout access-control-request-method cache-control x-envoy-attempt-count
`);
const METADATA_KEYS = ['payload', 'p', 'jwt_payload', 'x:y'];

/** A jwt_authn filter of one to four providers and rules over all forms of requirements. */
export function generateJwtAuthn(choose: Choose, pool: KeyPool): JwtPlan {
  const keys: Record<string, KeyDocument> = {};
  const paths: string[] = [];
  const issuers = choose.some(4, 4, ['', ...ISSUERS]);
  const plans = choose.list(1, choose.chance(0.4) ? 1 : 4, (index) =>
    generateProvider(choose, pool, `p${index}`, issuers[index] as string, keys),
  );
  const names = plans.map(({ plan }) => plan.name);
  const requirementNames = choose.some(0, 2, ['r1', 'r2']);
  const fetched = new Set(
    names.filter((name) => Object.keys(keys).some((path) => path.endsWith(`/${name}`))),
  );
  const requirement = () => generateRequirement(choose, names, fetched);
  const config: JsonObject = {
    providers: Object.fromEntries(plans.map(({ plan, config: one }) => [plan.name, one])),
    rules: choose.list(1, 5, () => generateRule(choose, paths, requirementNames, requirement)),
    ...(requirementNames.length === 0
      ? {}
      : { requirement_map: Object.fromEntries(requirementNames.map((name) => [name, requirement()])) }),
    ...choose.field<Json>(0.08, 'filter_state_rules', () => ({
      name: choose.pick(['jwt_selector', '']),
      ...choose.field<Json>(0.8, 'requires', () => ({ a: requirement() })),
    })),
    ...choose.field(0.2, 'bypass_cors_preflight', () => true),
    ...choose.field(0.1, 'strip_failure_response', () => true),
    ...choose.field(0.1, 'stat_prefix', () => choose.pick(['foo', 'foo.'])),
  };
  const providers = plans.map(({ plan }) => plan);
  const forgeable = [...providers.flatMap(({ outputs }) => outputs), 'x-jwt-signature-verified', 'x-status'];
  return { config, providers, keys, paths, forgeable, requirementNames };
}

function generateProvider(
  choose: Choose,
  pool: KeyPool,
  name: string,
  issuer: string,
  documents: Record<string, KeyDocument>,
): { plan: ProviderPlan; config: JsonObject } {
  const keySet = generateKeySet(choose, pool);
  const audiences = choose.chance(0.5) ? [] : choose.some(1, 3, AUDIENCES);
  const skewSeconds = choose.chance(0.8) ? 0 : choose.pick([1, 300, 4_000_000_000, 4_294_967_295]);
  const maxLifetimeSeconds = choose.chance(0.9) ? null : choose.pick([3600, 86_400, 9_000_000_000]);
  const headers = choose.chance(0.5) ? generateLocations(choose) : [];
  const parameters = choose.chance(0.25) ? choose.some(1, 2, TOKEN_PARAMETERS) : [];
  const cookies = choose.chance(0.2) ? choose.some(1, 2, TOKEN_COOKIES) : [];
  const usesDefaults = headers.length + parameters.length + cookies.length === 0;
  const outputs: string[] = [];
  const payloadKey = choose.maybe(0.4, () => choose.pick(METADATA_KEYS));
  const config: JsonObject = {
    ...(issuer === '' && choose.chance(0.5) ? {} : { issuer }),
    ...(audiences.length === 0 ? {} : { audiences }),
    ...generateKeySource(choose, name, keySet, documents),
    ...(headers.length === 0 ? {} : { from_headers: headers.map(headerConfig) }),
    ...(parameters.length === 0 ? {} : { from_params: parameters }),
    ...(cookies.length === 0 ? {} : { from_cookies: cookies }),
    ...choose.field(0.5, 'forward', () => choose.chance(0.8)),
    ...(skewSeconds === 0 ? {} : { clock_skew_seconds: skewSeconds }),
    ...(maxLifetimeSeconds === null ? {} : { max_lifetime: `${maxLifetimeSeconds}s` }),
    ...choose.field(0.08, 'require_expiration', () => true),
    ...choose.field<Json>(0.1, 'subjects', () => generateString(choose, SUBJECTS.slice(0, 5))),
    ...choose.field(0.15, 'jwt_cache_config', () => choose.pick<JsonObject>([{}, { jwt_cache_size: 1 }])),
    ...choose.field(0.1, 'clear_route_cache', () => true),
    ...generateOutputs(choose, outputs, payloadKey),
  };
  const places = usesDefaults
    ? { headers: [{ name: 'authorization', prefix: 'Bearer ' }], parameters: ['access_token'], cookies }
    : { headers, parameters, cookies };
  const plan = { name, issuer, audiences, keySet, skewSeconds, maxLifetimeSeconds, ...places };
  return { plan: { ...plan, outputs, payloadKey }, config };
}

const generateLocations = (choose: Choose) =>
  choose.list(1, 2, () => ({ name: choose.pick(TOKEN_HEADERS), prefix: choose.pick(PREFIXES) }));

const headerConfig = ({ name, prefix }: { name: string; prefix: string }): JsonObject => ({
  name,
  ...(prefix === '' ? {} : { value_prefix: prefix }),
});

/** Mostly inline; else fetched, from a document that may not be one or may be long in coming. */
function generateKeySource(
  choose: Choose,
  name: string,
  { text, bytes }: KeySet,
  documents: Record<string, KeyDocument>,
): JsonObject {
  if (choose.chance(0.03)) return { local_jwks: { inline_string: '' } };
  const base64 = (bytes ?? Buffer.from(text)).toString('base64');
  if (choose.chance(0.1)) return { local_jwks: { inline_bytes: base64 } };
  const isFetched = choose.chance(bytes === null ? 0.2 : 0.5);
  if (!isFetched) return { local_jwks: bytes === null ? { inline_string: text } : { inline_bytes: base64 } };
  const path = `/${choose.below(1e9)}/${name}`;
  const delay = choose.field(0.4, 'delayMs', () => choose.pick([5, 60]));
  const document = choose.weighted<KeyDocument>([
    [8, () => ({ status: 200, body: text, ...(bytes === null ? {} : { base64 }) })],
    [1, () => ({ status: 500, body: text })],
    [1, () => ({ status: 404, body: '' })],
    [1, () => ({ status: 200, body: '' })],
    [1, () => ({ status: 200, body: '{"keys":[]}' })],
    [1, () => ({ status: 200, body: '<html>' })],
  ]);
  documents[path] = { ...document, ...delay };
  const cluster = choose.chance(0.95) ? 'keys' : 'missing';
  return {
    remote_jwks: {
      http_uri: { uri: `http://keys.test${path}`, cluster, timeout: '5s' },
      ...choose.field(0.5, 'cache_duration', () => choose.pick(['300s', '600s'])),
      ...choose.field(0.3, 'async_fetch', () => ({})),
    },
  };
}

function generateOutputs(choose: Choose, outputs: string[], payloadKey: string | undefined): JsonObject {
  const output = () => {
    const name = choose.pick(choose.chance(0.12) ? ODD_OUTPUT_HEADERS : OUTPUT_HEADERS);
    outputs.push(name);
    return name;
  };
  return {
    ...choose.field(0.35, 'forward_payload_header', output),
    ...choose.field(0.2, 'pad_forward_payload_header', () => true),
    ...choose.field<Json>(0.4, 'claim_to_headers', () =>
      choose.list(1, 4, () => ({ header_name: output(), ...generateClaim(choose) })),
    ),
    ...(payloadKey === undefined ? {} : { payload_in_metadata: payloadKey }),
    ...choose.field(0.2, 'header_in_metadata', () => choose.pick(['header', payloadKey ?? 'p'])),
    ...choose.field(0.25, 'failed_status_in_metadata', () => 'failed'),
    ...choose.field<Json>(payloadKey === undefined ? 0.02 : 0.2, 'normalize_payload_in_metadata', () => ({
      space_delimited_claims: choose.some(1, 3, ['scope', 'role', 'groups', 'missing']),
    })),
  };
}

function generateClaim(choose: Choose): JsonObject {
  const path = choose.pick(CLAIM_PATHS);
  return choose.chance(0.8) ? { claim_name: path.join('.') } : { claim_path: path.map((key) => ({ key })) };
}

const DEPTH_MAX = 3;

/** The providers that one requirement may still name, and which of them have their keys fetched. */
interface Nameable {
  names: string[];
  fetched: ReadonlySet<string>;
}

/**
 * One whole requirement. A provider whose keys are fetched is named once in it and last of all, and beside one nobody looks at all
 * providers: which of two fetches comes back first is nobody's to say, a fetch that is not waited for is cancelled by Envoy alone (row
 * Q4), and the second takes the first one's address (row Q14).
 */
function generateRequirement(
  choose: Choose,
  names: readonly string[],
  fetched: ReadonlySet<string>,
): JsonObject {
  return requirementAt(choose, { names: [...names], fetched }, 0, true);
}

function requirementAt(choose: Choose, nameable: Nameable, depth: number, isLast: boolean): JsonObject {
  const { fetched } = nameable;
  const names = isLast ? nameable.names : nameable.names.filter((name) => !fetched.has(name));
  const here = { names, fetched };
  const group = () => {
    const count = choose.between(2, 3);
    const requirements = Array.from({ length: count }, (_, index) =>
      requirementAt(choose, here, depth + 1, isLast && index === count - 1),
    );
    return { requirements };
  };
  const named = names.length > 0 ? 1 : 0;
  const lenient = fetched.size === 0 || (fetched.size === 1 && depth === 0) ? 1 : 0;
  return choose.weighted<JsonObject>([
    [named * (depth === 0 ? 10 : 6), () => ({ provider_name: takeName(choose, here) })],
    [named * 2, () => ({ provider_and_audiences: generateOwnAudiences(choose, here) })],
    [depth >= DEPTH_MAX ? 0 : 5, () => ({ requires_any: group() })],
    [depth >= DEPTH_MAX ? 0 : 3, () => ({ requires_all: group() })],
    [lenient * 2, () => ({ allow_missing: {} })],
    [lenient * 2, () => ({ allow_missing_or_failed: {} })],
    [
      lenient,
      () => ({
        extract_only_without_validation: choose.field(0.5, 'verification_status_header', () =>
          choose.chance(0.5) ? 'x-status' : choose.pick(['X-Status', ...ODD_OUTPUT_HEADERS]),
        ),
      }),
    ],
    [0.5, () => ({})],
  ]);
}

function takeName(choose: Choose, { names, fetched }: Nameable): string {
  const name = choose.pick(names);
  if (fetched.has(name)) names.splice(names.indexOf(name), 1);
  return name;
}

const generateOwnAudiences = (choose: Choose, nameable: Nameable): JsonObject => ({
  provider_name: takeName(choose, nameable),
  ...choose.field<Json>(0.8, 'audiences', () => choose.some(1, 2, AUDIENCES)),
});

function generateRule(
  choose: Choose,
  paths: string[],
  requirementNames: readonly string[],
  requirement: () => JsonObject,
): JsonObject {
  const match = choose.chance(0.3) ? { prefix: '/' } : generateRouteMatch(choose, paths);
  if (requirementNames.length > 0 && choose.chance(0.3)) {
    return { match, requirement_name: choose.pick(requirementNames) };
  }
  return choose.chance(0.08) ? { match } : { match, requires: requirement() };
}
