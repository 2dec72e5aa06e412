import type { RealmRuntime } from '../realm-runtime.ts';
import { handleCerts } from './certs.ts';
import { preflightHeaders } from './cors.ts';
import { handleDiscovery } from './discovery.ts';
import type { IssuerReply, IssuerRequest } from './http.ts';
import { handleRealmInfo } from './realm-info.ts';
import { replyOptions, replyOutside, replyRouterError } from './replies.ts';
import { handleToken } from './token.ts';

type Handler = (runtime: RealmRuntime, request: IssuerRequest) => Promise<IssuerReply> | IssuerReply;

interface Endpoint {
  readonly methods: Readonly<Record<string, Handler>>;
  /** What a preflight says may be sent. */
  readonly preflight: string;
  /** How a method that is not there is refused. */
  readonly refusal?: 404;
}

const OPENID = '/protocol/openid-connect';

const get = (handler: Handler, preflight: string, refusal?: 404): Endpoint => ({
  methods: { GET: handler, HEAD: handler },
  preflight,
  ...(refusal !== undefined && { refusal }),
});

/** Path under the realm → what answers there. */
const endpoints: ReadonlyMap<string, Endpoint> = new Map([
  ['', get(handleRealmInfo, 'GET, HEAD, OPTIONS')],
  ['/.well-known/openid-configuration', get(handleDiscovery, 'GET', 404)],
  ['/.well-known/oauth-authorization-server', get(handleDiscovery, 'GET', 404)],
  [`${OPENID}/certs`, get(handleCerts, 'GET')],
  [`${OPENID}/token`, { methods: { POST: handleToken }, preflight: 'POST, OPTIONS' }],
]);

/** Finds the realm and the endpoint that a request is for, and refuses the rest in Keycloak's words. */
export function routeRequest(
  realms: ReadonlyMap<string, RealmRuntime>,
  basePaths: readonly string[],
  request: IssuerRequest,
): Promise<IssuerReply> | IssuerReply {
  const path = request.target.split('?', 1)[0] as string;
  if (!isNormalized(path)) {
    const body = { error: 'missingNormalization', error_description: 'Request path not normalized' };
    return replyOutside(400, body, 'application/json; charset=UTF-8');
  }
  const match = /^\/realms\/([^/]+)(.*)$/.exec(withoutBase(path, basePaths));
  if (match === null) return replyOutside(404, { error: 'Unable to find matching target resource method' });
  const runtime = realms.get(match[1] as string);
  if (runtime === undefined) return replyRouterError(404, 'Realm does not exist');
  return routeInRealm(runtime, (match[2] as string).replace(/\/$/, ''), request);
}

function routeInRealm(
  runtime: RealmRuntime,
  path: string,
  request: IssuerRequest,
): Promise<IssuerReply> | IssuerReply {
  const endpoint = endpoints.get(path);
  if (endpoint === undefined) {
    const isForeignProtocol = /^\/protocol\/(?!openid-connect(?:\/|$))/.test(path);
    return replyRouterError(404, isForeignProtocol ? 'Protocol not found' : 'HTTP 404 Not Found');
  }
  if (request.method === 'OPTIONS') return replyOptions(preflightHeaders(request, endpoint.preflight));
  const handler = Object.hasOwn(endpoint.methods, request.method)
    ? endpoint.methods[request.method]
    : undefined;
  if (handler !== undefined) return handler(runtime, request);
  return endpoint.refusal === 404
    ? replyRouterError(404, 'HTTP 404 Not Found')
    : replyRouterError(405, 'HTTP 405 Method Not Allowed');
}

/** The longest base path that fits is taken off; both of Keycloak's are always served. */
function withoutBase(path: string, basePaths: readonly string[]): string {
  const base = basePaths
    .filter((candidate) => path.startsWith(`${candidate}/`))
    .toSorted((a, b) => b.length - a.length)[0];
  return base === undefined ? path : path.slice(base.length);
}

/** No empty or dot segments, no character escaped that need not be (RFC 3986 §6.2.2). */
function isNormalized(path: string): boolean {
  if (!path.startsWith('/') || path.includes('//') || /\/\.\.?(?:\/|$)/.test(path)) return false;
  const escapes = path.match(/%.{0,2}/g) ?? [];
  return escapes.every(
    (triplet) => /^%[0-9A-Fa-f]{2}$/.test(triplet) && !/[A-Za-z0-9._~-]/.test(decodeTriplet(triplet)),
  );
}

function decodeTriplet(triplet: string): string {
  return String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
}
