import type { DifferentialCase, Json, JsonObject, PlayedRequest, TlsPlan } from './case.ts';
import { type Choose, chooseFor } from './choose.ts';
import type { FeatureName } from './features.ts';
import { generateTls, withClients } from './generate-clients.ts';
import type { FormatWords } from './generate-formats.ts';
import { leavesToChance } from './generate-fractions.ts';
import { generateGuards } from './generate-guards.ts';
import { generateJwtAuthn, type JwtPlan } from './generate-jwt.ts';
import { generateManagerOptions } from './generate-manager.ts';
import { generateNeighbours } from './generate-neighbours.ts';
import { generateRbac } from './generate-rbac.ts';
import { generateRequest } from './generate-requests.ts';
import { generateRoutes } from './generate-routes.ts';
import { generateToken } from './generate-tokens.ts';
import type { KeyPool } from './keys.ts';
import { substituteLaxTokens } from './lax-tokens.ts';
import { mutateConfig } from './mutate-config.ts';
import { CLUSTER_HEADER, REPEATED } from './words.ts';

export interface GenerateOptions {
  seed: number;
  requests: number;
  pool: KeyPool;
  features: ReadonlySet<FeatureName>;
  nowSeconds: number;
}

export interface GeneratedCase extends DifferentialCase {
  /** What was broken in it, if anything: such a configuration may be no JSON of the messages at all. */
  mutation: string | null;
}

const TYPE = 'type.googleapis.com/envoy.extensions.filters.http';
const MUTATED = 0.12;

/** The case of a seed and an index: always the same but for its keys and the time. */
export function generateCase(index: number, options: GenerateOptions): GeneratedCase {
  const choose = chooseFor(options.seed, index);
  const id = `d${options.seed}-${index}`;
  const jwt = choose.chance(0.92) ? generateJwtAuthn(choose, options.pool) : null;
  const tls = choose.maybe(0.15, () => generateTls(choose));
  const guards = generateGuards(choose, id, options.features, tls !== undefined);
  const manager = structuredClone(generateManager(choose, id, jwt, tls, options));
  const mutation = choose.chance(MUTATED) ? mutateConfig(choose, manager) : null;
  const words = {
    providers: jwt?.providers ?? [],
    paths: managerPaths(manager),
    repeated: repeatedNames(manager),
    clusterHeader: JSON.stringify(manager).includes(CLUSTER_HEADER),
    forgeable: jwt?.forgeable ?? ['x-a'],
    bodies: Object.keys(jwt?.keys ?? {}).length === 0,
    token: (provider: JwtPlan['providers'][number]) =>
      generateToken(choose, provider, options.pool, options.nowSeconds),
  };
  const requests = Array.from({ length: options.requests }, () => generateRequest(choose, words));
  const all = tls === undefined ? requests : withClients(choose, tls, requests);
  const one = { id, manager, keys: jwt?.keys ?? {}, mutation, guards, ...(tls === undefined ? {} : { tls }) };
  return { ...one, requests: all.filter((request) => isComparable(request, one)) };
}

/** What stays as the client spelled it beside a token that is taken out (row Q1). */
const KEPT_ESCAPE = /%(?:[01]|2[0356B]|3D|7F|[89A-F]|[^\dA-F]|.[^\dA-F])/i;

/**
 * A configuration that was broken into one of chance is only loaded. Where an answer hangs on those before it, no request can be asked again to see whether a row explains it. An authorizer cannot read
 * what Envoy makes of an escaped blank beside a token that it takes out, and tells in its reply of all that it read (row Q1).
 */
function isComparable(request: PlayedRequest, one: Omit<GeneratedCase, 'requests'>): boolean {
  if (one.mutation !== null && leavesToChance(one.manager)) return false;
  const manager = JSON.stringify(one.manager);
  if (manager.includes('local_ratelimit') && isLax(request, one)) return false;
  return !(manager.includes('ext_authz') && KEPT_ESCAPE.test(request.target));
}

function isLax(request: PlayedRequest, one: Omit<DifferentialCase, 'requests'>): boolean {
  const [first] = substituteLaxTokens(request, { ...one, requests: [] });
  return first !== undefined;
}

function generateManager(
  choose: Choose,
  id: string,
  jwt: JwtPlan | null,
  tls: TlsPlan | undefined,
  { features }: GenerateOptions,
): JsonObject {
  const payloadKeys = (jwt?.providers ?? []).flatMap(({ payloadKey }) => payloadKey ?? []);
  const paths = [...(jwt?.paths ?? [])];
  const words = { id, features, payloadKeys };
  const rbac = () => generateRbac(choose, { payloadKeys, paths, features, tls: tls !== undefined });
  const filters = generateFilters(choose, jwt, rbac, words);
  const routes = generateRoutes(choose, {
    ...words,
    paths,
    tls: tls !== undefined,
    filters: filters.slice(0, -1).map(({ name }) => String(name)),
    requirementNames: jwt?.requirementNames ?? [],
    rbac,
  });
  const bodiless = /"status":(?:204|304)\b/.test(JSON.stringify(routes));
  const own = generateManagerOptions(choose, { ...words, bodiless });
  return { ...own, route_config: routes, http_filters: filters };
}

/** jwt_authn, rbac or both, neighbours among them, and the router behind all. */
function generateFilters(
  choose: Choose,
  jwt: JwtPlan | null,
  rbac: () => JsonObject,
  words: FormatWords & { id: string },
): JsonObject[] {
  const filters: JsonObject[] = [];
  if (jwt !== null) filters.push(filter('jwt', `${TYPE}.jwt_authn.v3.JwtAuthentication`, jwt.config));
  if (jwt === null || choose.chance(0.5)) filters.push(filter('rbac', `${TYPE}.rbac.v3.RBAC`, rbac()));
  if (choose.chance(0.05)) filters.push(filter('rbac-2', `${TYPE}.rbac.v3.RBAC`, rbac()));
  if (choose.chance(0.05)) filters.reverse();
  for (const neighbour of generateNeighbours(choose, words)) {
    filters.splice(choose.below(filters.length + 1), 0, neighbour);
  }
  for (const one of filters) Object.assign(one, filterSwitches(choose));
  const suppresses = choose.field(0.1, 'suppress_envoy_headers', () => true);
  return [...filters, filter('router', `${TYPE}.router.v3.Router`, suppresses)];
}

/** A filter that is off until a route has something for it. */
const filterSwitches = (choose: Choose): JsonObject => ({
  ...choose.field(0.03, 'disabled', () => choose.chance(0.8)),
  ...choose.field(0.03, 'is_optional', () => true),
});

const filter = (name: string, type: string, config: JsonObject): JsonObject => ({
  name,
  typed_config: { '@type': type, ...config },
});

/** Every path of a matcher anywhere in the configuration. */
function managerPaths(manager: JsonObject): string[] {
  const found = new Set<string>();
  const visit = (value: Json) => {
    if (typeof value === 'string' && /^\/[^\s\\()[\]|?*+]*$/.test(value)) found.add(value);
    else if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(manager);
  return [...found];
}

/** Every name of those that requests repeat that the configuration speaks of. */
function repeatedNames(manager: JsonObject): string[] {
  const text = JSON.stringify(manager).toLowerCase();
  return REPEATED.filter((name) => text.includes(`"${name}"`));
}
