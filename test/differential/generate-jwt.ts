import type { Json, JsonObject, KeyDocument } from './case.ts';
import type { Choose } from './choose.ts';
import { generateKeySource } from './generate-key-sources.ts';
import { generateRouteMatch, generateString } from './generate-matchers.ts';
import { generateOutputs } from './generate-outputs.ts';
import { generateRequirement } from './generate-requirements.ts';
import { generateKeySet, type KeySet } from './key-sets.ts';
import type { KeyPool } from './keys.ts';
import { AUDIENCES, ISSUERS, SUBJECTS } from './words.ts';

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
    ...choose.field(0.15, 'jwt_cache_config', () => generateCache(choose)),
    ...choose.field(0.1, 'clear_route_cache', () => true),
    ...generateOutputs(choose, outputs, payloadKey),
  };
  const places = usesDefaults
    ? { headers: [{ name: 'authorization', prefix: 'Bearer ' }], parameters: ['access_token'], cookies }
    : { headers, parameters, cookies };
  const plan = { name, issuer, audiences, keySet, skewSeconds, maxLifetimeSeconds, ...places };
  return { plan: { ...plan, outputs, payloadKey }, config };
}

/** Only whether a token is remembered hangs on it (row Q6), and nobody is to see that. */
const generateCache = (choose: Choose): JsonObject => ({
  ...choose.field(0.5, 'jwt_cache_size', () => choose.pick([1, 100, 0])),
  ...choose.field(0.4, 'jwt_max_token_size', () => choose.pick([0, 100, 4096, 1_000_000])),
});

const generateLocations = (choose: Choose) =>
  choose.list(1, 2, () => ({
    name: choose.pick([...TOKEN_HEADERS, 'referer']),
    prefix: choose.pick(PREFIXES),
  }));

const headerConfig = ({ name, prefix }: { name: string; prefix: string }): JsonObject => ({
  name,
  ...(prefix === '' ? {} : { value_prefix: prefix }),
});

function generateRule(
  choose: Choose,
  paths: string[],
  requirementNames: readonly string[],
  requirement: () => JsonObject,
): JsonObject {
  const match = choose.chance(0.3) ? { prefix: '/' } : generateRuleMatch(choose, paths);
  if (requirementNames.length > 0 && choose.chance(0.3)) {
    return { match, requirement_name: choose.pick(requirementNames) };
  }
  return choose.chance(0.08) ? { match } : { match, requires: requirement() };
}

/** A rule looks at the path, headers and query parameters alone: of what else a route may ask it takes no notice. */
function generateRuleMatch(choose: Choose, paths: string[]): JsonObject {
  if (choose.chance(0.02)) return { connect_matcher: {} };
  return {
    ...generateRouteMatch(choose, paths),
    ...choose.field<Json>(0.02, 'grpc', () => ({})),
    ...choose.field<Json>(0.02, 'tls_context', () => ({ presented: choose.chance(0.5) })),
    ...choose.field<Json>(0.02, 'cookies', () => [{ name: 'a', string_match: { exact: '2' } }]),
    ...choose.field<Json>(0.02, 'runtime_fraction', () => ({ default_value: { numerator: 0 } })),
    ...choose.field<Json>(0.02, 'filter_state', () => [{ key: 'k', string_match: { exact: 'v' } }]),
    ...choose.field<Json>(0.02, 'dynamic_metadata', () => [
      { filter: 'mine', path: [{ key: 'k' }], value: { present_match: true } },
    ]),
  };
}
