import type { DifferentialCase, Json, JsonObject, PlayedRequest, TlsPlan } from './case.ts';
import { type Choose, chooseFor } from './choose.ts';
import type { FeatureName } from './features.ts';
import { generateTls, withClients } from './generate-clients.ts';
import { generateGuards } from './generate-guards.ts';
import { generateJwtAuthn, type JwtPlan } from './generate-jwt.ts';
import { generateNeighbours } from './generate-neighbours.ts';
import { generateRbac } from './generate-rbac.ts';
import { generateRequest } from './generate-requests.ts';
import { generateRoutes } from './generate-routes.ts';
import { generateToken } from './generate-tokens.ts';
import type { KeyPool } from './keys.ts';
import { substituteLaxTokens } from './lax-tokens.ts';
import { mutateConfig } from './mutate-config.ts';
import { REPEATED } from './words.ts';

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

/**
 * Where an answer hangs on those before it, no request can be asked again to see whether a row explains it. An authorizer cannot read
 * what Envoy makes of an escaped blank beside a token that it takes out (row Q1).
 */
function isComparable(request: PlayedRequest, one: Omit<DifferentialCase, 'requests'>): boolean {
  const manager = JSON.stringify(one.manager);
  if (manager.includes('local_ratelimit') && isLax(request, one)) return false;
  return !(manager.includes('ext_authz') && request.target.includes('%20'));
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
  const rbac = () => generateRbac(choose, { payloadKeys, paths, features, tls: tls !== undefined });
  const filters: JsonObject[] = [];
  if (jwt !== null) filters.push(filter('jwt', `${TYPE}.jwt_authn.v3.JwtAuthentication`, jwt.config));
  if (jwt === null || choose.chance(0.5)) filters.push(filter('rbac', `${TYPE}.rbac.v3.RBAC`, rbac()));
  if (choose.chance(0.05)) filters.push(filter('rbac-2', `${TYPE}.rbac.v3.RBAC`, rbac()));
  if (choose.chance(0.05)) filters.reverse();
  for (const neighbour of generateNeighbours(choose, id, features, payloadKeys)) {
    filters.splice(choose.below(filters.length + 1), 0, neighbour);
  }
  filters.push(
    filter(
      'router',
      `${TYPE}.router.v3.Router`,
      choose.field(0.1, 'suppress_envoy_headers', () => true),
    ),
  );
  const routes = generateRoutes(choose, {
    payloadKeys,
    paths,
    features,
    requirementNames: jwt?.requirementNames ?? [],
    rbac,
  });
  return { ...managerOptions(choose, features), route_config: routes, http_filters: filters };
}

function managerOptions(choose: Choose, features: ReadonlySet<FeatureName>): JsonObject {
  const slashes = ['KEEP_UNCHANGED', 'REJECT_REQUEST', 'UNESCAPE_AND_REDIRECT', 'UNESCAPE_AND_FORWARD'];
  const when = (feature: FeatureName, probability: number) => (features.has(feature) ? probability : 0);
  return {
    ...choose.field(0.3, 'normalize_path', () => choose.chance(0.9)),
    ...choose.field(0.25, 'merge_slashes', () => true),
    ...choose.field(0.25, 'path_with_escaped_slashes_action', () => choose.pick(slashes)),
    ...choose.field(0.2, 'use_remote_address', () => choose.chance(0.8)),
    ...choose.field(0.15, 'xff_num_trusted_hops', () => choose.between(0, 2)),
    ...choose.field(0.05, 'skip_xff_append', () => true),
    ...choose.field(0.05, 'generate_request_id', () => false),
    ...choose.field(0.05, 'preserve_external_request_id', () => true),
    ...choose.field<Json>(0.1, 'common_http_protocol_options', () => ({
      headers_with_underscores_action: choose.pick(['ALLOW', 'REJECT_REQUEST', 'DROP_HEADER']),
    })),
    ...choose.field(when('strip_matching_host_port', 0.05), 'strip_matching_host_port', () => true),
    ...choose.field(when('strip_any_host_port', 0.05), 'strip_any_host_port', () => true),
  };
}

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
