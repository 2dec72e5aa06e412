import type { Clock, Recorder } from '../../base/index.ts';
import { toByteString } from '../../core/match/index.ts';
import type { Takings } from '../../core/ratelimit/index.ts';
import { type Chance, DrawnChance } from '../chance.ts';
import {
  type CompiledConnectionManager,
  type CompiledListener,
  type CompiledSnapshot,
  serverNameSeen,
} from '../compiled/compiled-listener.ts';
import { askGuards } from '../filters/connection-guard.ts';
import type { ConnectionInfo, DynamicMetadata, HttpFilter, LocalReply } from '../filters/filter.ts';
import { encodeThrough, filtersFor, runFilters } from '../filters/run-filters.ts';
import { bodyBytesMaxOf } from '../http/body-too-large.ts';
import { cameAsGrpc, grpcFields } from '../http/grpc-reply.ts';
import { HeaderList } from '../http/header-list.ts';
import {
  appendVia,
  forgetUnlessRead,
  hasForwardedProto,
  type Preparation,
  prepareRequest,
} from '../http/prepare-request.ts';
import { REFUSAL, type Refusal } from '../http/refusal.ts';
import { findIllegalField } from '../http/render-request.ts';
import { type Replier, writeReplyFields } from '../http/reply-fields.ts';
import type { RequestHead } from '../http/request-head.ts';
import { tellRequestId } from '../http/request-id.ts';
import { takeRouterFields } from '../http/router-fields.ts';
import { markTraceReason } from '../http/trace-reason.ts';
import { unsendableReply } from '../http/unsendable-reply.ts';
import { compileHttpOptions } from '../listener/compile-http-options.ts';
import { rewriteForUpstream, rewriteRequest } from '../route/rewrite-request.ts';
import { routeReply } from '../route/route-reply.ts';
import type { ForwardAction, SelectedRoute } from '../route/selected-route.ts';
import { readHead } from './read-head.ts';
import { recordPreparation, recordUnroutable } from './record-preparation.ts';
import { RehearsedStream } from './rehearsed-stream.ts';

/** What becomes of a request that is played without a socket. */
export interface Verdict {
  /** Status of the gate's own reply; null: the request goes on to the origin. */
  status: number | null;
  body: string;
  headers: readonly (readonly [name: string, value: string])[];
  /** What a gRPC client is told instead, with status 200 and without a body; null: the reply goes out as it stands. */
  grpc: readonly (readonly [name: string, value: string])[] | null;
  /** `%RESPONSE_CODE_DETAILS%` of a reply of the gate's own. */
  details: string;
  route: SelectedRoute | null;
  /** The head that the origin would be sent by this configuration, before the router's own headers; null for a reply. */
  forwarded: RequestHead | null;
  /** What the filters have written; null: nothing. */
  metadata: DynamicMetadata | null;
}

/** A request that is played through the compiled configuration. */
export interface Rehearsal {
  /** A name of a listener; by default the first one is played. */
  listener?: string | undefined;
  /** Bytes are a head that the data path's parser is to read first, which may refuse it. */
  request: RequestHead | Uint8Array;
  connection: ConnectionInfo;
  /** What stands in `x-forwarded-for` for a peer on the gate's machine. Default: the address that it came to. */
  nodeAddress?: string | undefined;
  /** Default: drawn anew. */
  chance?: Chance | undefined;
  /** Keeps what it takes of limits, to be given back. Default: it is gone. */
  takings?: Takings | undefined;
}

/**
 * Plays one request through a compiled snapshot: the same filter chain, route table and filter loop as on the data path.
 * @param recorder is told every step
 */
export async function rehearse(
  snapshot: CompiledSnapshot,
  { listener: name, request, connection: asked, nodeAddress, chance = new DrawnChance(), takings }: Rehearsal,
  clock: Clock,
  recorder: Recorder | null,
): Promise<Verdict> {
  const listener = findListener(snapshot, name);
  if (listener === undefined) return closed('no listener');
  recorder?.open('listener', listener.name, listener.origin);
  const chain = listener.selectChain(asked, recorder);
  const { serverName, spelledName = serverName } = asked;
  const names = { serverName: serverNameSeen(listener, serverName), spelledName };
  const connection = { ...asked, ...names };
  const refusal = chain && askGuards(chain.guards, connection, recorder);
  const verdict =
    chain === null || refusal !== null
      ? closed(refusal?.details ?? 'no filter chain')
      : await play(
          listener,
          chain.manager,
          { request, connection, nodeAddress, chance, takings },
          clock,
          recorder,
        );
  recorder?.close(isRefusal(verdict) ? 'deny' : 'ok');
  return verdict;
}

/** A reply of the gate's own below 400 is no refusal; status 0 is a connection that is closed. */
export const isRefusal = ({ status }: Pick<Verdict, 'status'>): boolean =>
  status !== null && (status === 0 || status >= 400);

function findListener(snapshot: CompiledSnapshot, name: string | undefined): CompiledListener | undefined {
  return name === undefined ? snapshot.listeners[0] : snapshot.listeners.find((one) => one.name === name);
}

/** Envoy closes the connection without a word. */
function closed(details: string): Verdict {
  return {
    status: 0,
    body: '',
    headers: [],
    grpc: null,
    details,
    route: null,
    forwarded: null,
    metadata: null,
  };
}

type Played = Rehearsal & { chance: Chance };

/** From the head to the filters, as far as it comes. */
async function play(
  { origin }: CompiledListener,
  manager: CompiledConnectionManager,
  { request: sent, connection, nodeAddress = connection.localAddress, chance, takings }: Played,
  clock: Clock,
  recorder: Recorder | null,
): Promise<Verdict> {
  const options = compileHttpOptions(manager.origin, manager.router, nodeAddress, manager.node);
  const { request, refusal: unread } =
    sent instanceof Uint8Array ? readHead(sent, connection, options) : { request: sent, refusal: null };
  const streamOf = (hasRoute: boolean) => {
    const routes = hasRoute ? manager.routes : NO_ROUTES;
    const { clusters, listener } = manager;
    const parts = { clusters, listener, routes, bodyBytesMax: bodyBytesMaxOf(origin) };
    return new RehearsedStream(request, connection, parts, clock, recorder, chance, takings);
  };
  if (unread !== null && unread !== REFUSAL.upgrade) {
    return notTaken(unread, manager, streamOf(unread === REFUSAL.fragment && hasForwardedProto(request)));
  }
  const received = { path: request.path, authority: request.authority };
  request.headers.markReceived();
  const preparation = prepareRequest(request, connection, options);
  if (preparation !== null) {
    const stream = streamOf(hasForwardedProto(request));
    const facts = { preparation, manager: manager.origin, options, receivedPath: received.path };
    recordPreparation(recorder, facts);
    return unasked(asReply(preparation), manager, stream);
  }
  recordUnroutable(recorder, request, manager.origin);
  const stream = streamOf(true);
  if (options.sampling !== null) {
    markTraceReason(stream, stream.route?.sampling ?? options.sampling);
  }
  if (unread !== null) return notTaken(unread, manager, stream);
  return decide({ manager, stream, received, marksOriginal: !options.suppressEnvoyHeaders });
}

/** A request that filters are asked about. */
interface Scene {
  manager: CompiledConnectionManager;
  stream: RehearsedStream;
  received: { path: string; authority: string };
  marksOriginal: boolean;
}

async function decide(scene: Scene): Promise<Verdict> {
  const { manager, stream, marksOriginal } = scene;
  const filters = filtersFor(manager.filters, stream);
  const refusal = await runFilters(filters, stream);
  if (refusal !== undefined) {
    return replied(refusal, refusal.asIs ? 'as-is' : 'other', manager, filters, stream);
  }
  const { route } = stream;
  const reply = routeReply(route, stream, marksOriginal);
  if (reply !== undefined) return replied(reply, 'route', manager, filters, stream);
  if (route?.action.kind !== 'cluster') throw new TypeError('a route without a reply forwards');
  return forward(route, route.action, filters, scene);
}

/** What becomes of a request that is let in. */
function forward(
  route: SelectedRoute,
  action: ForwardAction,
  filters: readonly HttpFilter[],
  { manager, stream, received, marksOriginal }: Scene,
): Verdict {
  const { request, recorder, progress } = stream;
  const cluster = manager.clusters.get(action.cluster);
  if (cluster === undefined) {
    recorder?.open('cluster', `none has the name "${action.cluster}"`, route.origin);
    recorder?.close('deny', String(action.notFoundStatus));
    const reply = { status: action.notFoundStatus, body: '', headers: [], details: 'cluster_not_found' };
    progress.addFlag('NC');
    return replied(reply, 'other', manager, filters, stream);
  }
  takeRouterFields(request.headers, action.timeoutMs);
  progress.attempts = 1;
  rewriteRequest(stream, route, action, marksOriginal);
  const illegal = findIllegalField(request, received.path, received.authority);
  if (illegal !== null) {
    progress.addFlag('DPE');
    return replied(unsendableReply(illegal), 'other', manager, filters, stream);
  }
  rewriteForUpstream(stream, action, cluster.hostName, marksOriginal);
  const metadata = stream.metadataIfAny;
  request.headers.restoreFraming();
  return {
    status: null,
    body: '',
    headers: [],
    grpc: null,
    details: '',
    route,
    forwarded: request,
    metadata,
  };
}

const NO_ROUTES = { select: () => null, hostOf: () => null };

/** Refused for its head alone. */
function notTaken(refusal: Refusal, manager: CompiledConnectionManager, stream: RehearsedStream): Verdict {
  const { status, body, details } = refusal;
  stream.recorder?.open('codec', 'HTTP/1');
  stream.recorder?.close('deny', `the head of the request is refused (${details})`);
  return unasked({ status, body, headers: [], details }, manager, stream);
}

/** No filter is asked, yet they see the reply. */
function unasked(reply: LocalReply, manager: CompiledConnectionManager, stream: RehearsedStream): Verdict {
  const replier = reply.details.startsWith('http1.') ? 'codec' : 'other';
  forgetUnlessRead(reply, stream.request);
  return replied(reply, replier, manager, filtersFor(manager.filters, stream), stream);
}

function asReply(preparation: Exclude<Preparation, null>): LocalReply {
  if (!('redirect' in preparation)) return { ...preparation, headers: [] };
  const headers = [['location', preparation.redirect]] as const;
  return { status: 307, body: '', headers, details: 'path_normalization_failed' };
}

/** A reply of the gate's own, as the route and the filters change it on its way out. */
function replied(
  reply: LocalReply,
  replier: Replier,
  { localReply, origin }: CompiledConnectionManager,
  filters: readonly HttpFilter[],
  stream: RehearsedStream,
): Verdict {
  const { route, progress } = stream;
  const headers = new HeaderList();
  progress.repliesItself(reply, headers);
  writeReplyFields(headers, reply.headers, route, replier, stream);
  const isRewritten = localReply !== null && replier !== 'as-is';
  const { status, body } = isRewritten ? localReply.rewrite(stream, headers, reply) : reply;
  if (isRewritten && (status !== reply.status || body !== reply.body)) {
    stream.recorder?.open('local reply', `${reply.status} is told as ${status}`, origin.localReplyConfig);
    stream.recorder?.close('ok');
  }
  if (replier !== 'as-is') progress.status = status;
  encodeThrough(filters, stream, { status, headers });
  tellRequestId(headers, stream.request, origin.alwaysSetRequestIdInResponse);
  if (origin.via !== '') appendVia(headers, toByteString(origin.via));
  reply.afterwards?.();
  const lines = headers.names.map((name, index) => [name, headers.values[index] as string] as const);
  const { details } = reply;
  const grpc = grpcWords(stream.request, { status, body, grpcStatus: reply.grpcStatus }, replier);
  const metadata = stream.metadataIfAny;
  return { status, body, headers: lines, grpc, details, route, forwarded: null, metadata };
}

/** Replies that another service or the codec words are told to every client alike. */
function grpcWords(
  { method, headers }: RequestHead,
  { status, body, grpcStatus }: { status: number; body: string; grpcStatus: number | undefined },
  replier: Replier,
): Verdict['grpc'] {
  if (replier === 'as-is' || replier === 'codec' || !cameAsGrpc(headers)) return null;
  return grpcFields(status, method === 'HEAD' ? '' : body, grpcStatus);
}
