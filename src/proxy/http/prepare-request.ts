import { lowerAscii } from '../../core/match/index.ts';
import type { ConnectionInfo } from '../filters/filter.ts';
import { portColonOf } from './authority.ts';
import { clientOf, forwardedClientOf } from './client-address.ts';
import { isGrpcRequest } from './grpc-reply.ts';
import type { HeaderList } from './header-list.ts';
import type { HttpOptions, OwnName } from './http-options.ts';
import { normalizePath } from './normalize-path.ts';
import { isReferer } from './referer.ts';
import { REFUSAL, type Refusal } from './refusal.ts';
import type { RequestHead } from './request-head.ts';
import { createRequestId } from './request-id.ts';
import { STEERING_FIELDS } from './router-fields.ts';

/** What the connection manager says to a request before any filter: go on, or a refusal, or the path to come back with. */
export type Preparation = null | Refusal | { redirect: string };

/** Taken off every request: the gate does not let its clients steer it, nor speak for the connection. */
const FOREIGN_FIELDS: ReadonlySet<string> = new Set([
  ...STEERING_FIELDS,
  ...'x-envoy-internal x-envoy-ip-tags x-envoy-force-trace x-forwarded-client-cert'.split(' '),
]);
/** Taken off too where the peer is the client itself (Envoy: conn_manager_utility.cc, cleanEdgeRequest). */
const EDGE_FIELDS: ReadonlySet<string> = new Set([
  ...FOREIGN_FIELDS,
  ...'x-envoy-original-path x-envoy-original-host x-envoy-decorator-operation x-envoy-downstream-service-cluster x-envoy-downstream-service-node'.split(
    ' ',
  ),
]);

/**
 * Makes a received head into what filters, routes and the origin see: cleans what a client must not set, normalises the path,
 * says who the client is, gives the request its id.
 */
export function prepareRequest(
  request: RequestHead,
  connection: ConnectionInfo,
  options: HttpOptions,
): Preparation {
  const { headers } = request;
  const edge = options.useRemoteAddress;
  if (options.underscores !== 'allow' && !judgeUnderscores(headers, options)) return REFUSAL.underscore;
  // Routes are about paths: what asks about the server as a whole has none, whatever they match (Envoy: conn_manager_impl.cc).
  if (request.path === '*') return REFUSAL.asterisk;
  const path = preparePath(request, options);
  if (path !== null) return path;
  removeFields(headers, edge ? EDGE_FIELDS : FOREIGN_FIELDS);
  if (options.stripsHostDot) request.authority = withoutDot(request.authority);
  if (options.stripsHostPort !== 'none')
    request.authority = withoutPort(
      request.authority,
      options.stripsHostPort === 'any' ? null : connection.localPort,
    );
  const forwarded = forwardedClientOf(request, options);
  if (forwarded !== undefined) request.clientAddress = forwarded;
  if (edge) setRemoteAddress(headers, connection, options);
  setForwardedProto(request, connection, edge && options.trustedHops === 0);
  if (options.appendsForwardedPort) setForwardedPort(headers, connection, edge && options.trustedHops === 0);
  if (options.ownName !== null) nameItself(headers, options.ownName);
  if (options.via !== '') appendVia(headers, options.via);
  if (edge) headers.set('x-envoy-external-address', clientOf(request, connection).address);
  if (options.generateRequestId) setRequestId(headers, edge && !options.preserveExternalRequestId);
  return null;
}

/** A client that speaks in clear text names an `https` target, and nobody in front of the gate could have meant it (Envoy: codec_impl.cc). */
export function mistakesTransport(
  { scheme }: { readonly scheme: string },
  { tls }: ConnectionInfo,
  { useRemoteAddress, trustedHops }: HttpOptions,
): boolean {
  return scheme === 'https' && useRemoteAddress && trustedHops === 0 && !tls;
}

/** Most requests have none of them: one look at each name, removal only where one is found. A referer goes unless it may stay. */
function removeFields(headers: HeaderList, fields: ReadonlySet<string>): void {
  const { names } = headers;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const isForeign = name.charCodeAt(0) === 120 && name.charCodeAt(1) === 45 && fields.has(name);
    if (isForeign || (name === 'referer' && !isReferer(headers.values[i] as string))) {
      headers.remove(name);
      i--;
    }
  }
}

/** Whether a name has an underscore where that refuses the request (Envoy's codec sees to it, before all that is said of the rest). */
const hasRefusedUnderscore = (headers: HeaderList, { underscores }: HttpOptions): boolean =>
  underscores === 'reject' && headers.names.some((one) => one.includes('_'));

/** What a request is told whose head was refused: of two reasons the one that Envoy comes to first. */
export function firstRefusal(
  refusal: Refusal,
  { headers, targetScheme = '' }: RequestHead,
  connection: ConnectionInfo,
  options: HttpOptions,
): Refusal {
  if (refusal.details.startsWith('http1.')) return refusal;
  if (hasRefusedUnderscore(headers, options)) return REFUSAL.underscore;
  return mistakesTransport({ scheme: targetScheme }, connection, options) ? REFUSAL.schemeMismatch : refusal;
}

/**
 * What the codec refuses is not known to whatever is said of the reply, nor is a request of HTTP/1.0 (Envoy: http1/codec_impl.cc;
 * conn_manager_impl.cc).
 */
export function forgetUnlessRead({ details }: Pick<Refusal, 'details'>, request: RequestHead): void {
  if (details === REFUSAL.missingHost.details) request.lacksHost = true;
  if (details.startsWith('http1.') || details === REFUSAL.oldVersion.details) forgetHead(request);
}

/** Leaves no line and no fields of what has come of a head. */
export function forgetHead(request: RequestHead): void {
  request.method = '';
  request.scheme = '';
  request.authority = '';
  request.path = '';
  request.headers.clear();
}

/** Without it there is no route, and the connection manager sets it only on a request that is sound (Envoy: conn_manager_impl.cc). */
export const hasForwardedProto = ({ headers }: RequestHead) =>
  (headers.get('x-forwarded-proto') ?? '') !== '';

function judgeUnderscores(headers: HeaderList, options: HttpOptions): boolean {
  for (const name of headers.names.filter((one) => one.includes('_'))) {
    if (options.underscores === 'reject') return false;
    headers.remove(name);
  }
  return true;
}

/** A peer on this machine is written down under the machine's own address, as Envoy does. */
function setRemoteAddress(headers: HeaderList, connection: ConnectionInfo, options: HttpOptions): void {
  if (options.skipXffAppend) return;
  const peer = isLoopback(connection.remoteAddress) ? options.nodeAddress : connection.remoteAddress;
  const before = headers.get('x-forwarded-for');
  headers.set('x-forwarded-for', before === undefined || before === '' ? peer : `${before},${peer}`);
}

/** @param overrides what the peer says is not believed */
function setForwardedProto(request: RequestHead, connection: ConnectionInfo, overrides: boolean): void {
  const actual = connection.tls ? 'https' : 'http';
  const claimed = overrides ? undefined : request.headers.get('x-forwarded-proto');
  if (claimed === undefined) request.headers.set('x-forwarded-proto', actual);
  request.scheme = request.targetScheme || schemeSaid(claimed) || actual;
  if (claimed === '') request.unroutable = true;
}

/** In whatever case it is written; empty: nothing that is a scheme. */
function schemeSaid(claimed = ''): string {
  if (claimed === '' || claimed === 'https' || claimed === 'http') return claimed;
  const scheme = lowerAscii(claimed);
  return scheme === 'https' || scheme === 'http' ? scheme : '';
}

/** Under the agent's name too where the client says none (Envoy: conn_manager_utility.cc, mutateRequestHeaders). */
function nameItself(headers: HeaderList, { cluster, id }: OwnName): void {
  headers.set('x-envoy-downstream-service-cluster', cluster);
  if ((headers.get('user-agent') ?? '') === '') headers.set('user-agent', cluster);
  if (id !== '') headers.set('x-envoy-downstream-service-node', id);
}

function setForwardedPort(headers: HeaderList, { localPort }: ConnectionInfo, overrides: boolean): void {
  if (overrides || !headers.has('x-forwarded-port')) headers.set('x-forwarded-port', String(localPort));
}

/** Says that the message came through here. */
export function appendVia(headers: HeaderList, via: string): void {
  const before = headers.get('via') ?? '';
  headers.set('via', before === '' ? via : `${before}, ${via}`);
}

/** A dot at the host's end, also in front of a port (Envoy: header_utility.cc, stripTrailingHostDot). */
function withoutDot(authority: string): string {
  const dot = authority.lastIndexOf('.');
  if (dot < 0 || (dot < authority.length - 1 && authority[dot + 1] !== ':')) return authority;
  return authority.slice(0, dot) + authority.slice(dot + 1);
}

/** @param only the port that is taken off; null: any */
function withoutPort(authority: string, only: number | null): string {
  const colon = portColonOf(authority);
  const port = authority.slice(colon + 1);
  if (colon < 0 || !/^\d+$/.test(port)) return authority;
  return only === null || Number(port) === only ? authority.slice(0, colon) : authority;
}

function setRequestId(headers: HeaderList, replace: boolean): void {
  const given = headers.get('x-request-id');
  if (replace || given === undefined || given === '') headers.set('x-request-id', createRequestId());
}

function preparePath(request: RequestHead, options: HttpOptions): Preparation {
  if (!options.normalizePath && !options.mergeSlashes && options.escapedSlashes === 'keep') return null;
  const { kind, path } = normalizePath(request.path, options);
  request.path = path;
  if (kind === 'path') return null;
  return kind === 'refused' || isGrpcRequest(request.headers) ? REFUSAL.badPath : { redirect: path };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}
