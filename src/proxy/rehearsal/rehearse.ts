import type { Clock, Recorder } from '../../base/index.ts';
import type { Takings } from '../../core/ratelimit/index.ts';
import { type Chance, DrawnChance } from '../chance.ts';
import {
  type CompiledConnectionManager,
  type CompiledListener,
  type CompiledSnapshot,
  serverNameSeen,
} from '../compiled/compiled-listener.ts';
import { askGuards } from '../filters/connection-guard.ts';
import type { ConnectionInfo, HttpFilter } from '../filters/filter.ts';
import { filtersFor, runFilters } from '../filters/run-filters.ts';
import { bodyBytesMaxOf } from '../http/body-too-large.ts';
import { hasForwardedProto, prepareRequest } from '../http/prepare-request.ts';
import { REFUSAL } from '../http/refusal.ts';
import { findIllegalField } from '../http/render-request.ts';
import type { RequestHead } from '../http/request-head.ts';
import { takeRouterFields } from '../http/router-fields.ts';
import { unsendableReply } from '../http/unsendable-reply.ts';
import { compileHttpOptions } from '../listener/compile-http-options.ts';
import { rewriteForUpstream, rewriteRequest } from '../route/rewrite-request.ts';
import { routeReply } from '../route/route-reply.ts';
import type { ForwardAction, SelectedRoute } from '../route/selected-route.ts';
import { readHead, takeHead } from './read-head.ts';
import { recordPreparation, recordUnroutable } from './record-preparation.ts';
import { rehearseRefusal, rehearseReply, rehearseUnprepared, type Scene } from './rehearse-reply.ts';
import { RehearsedStream } from './rehearsed-stream.ts';
import { CLOSED, isRefusal, type Verdict } from './verdict.ts';

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
  rehearsal: Rehearsal,
  clock: Clock,
  recorder: Recorder | null,
): Promise<Verdict> {
  const { connection: asked, chance = new DrawnChance() } = rehearsal;
  const listener = findListener(snapshot, rehearsal.listener);
  if (listener === undefined) return { ...CLOSED, details: 'no listener' };
  recorder?.open('listener', listener.name, listener.origin);
  const chain = listener.selectChain(asked, recorder);
  const { serverName, spelledName = serverName } = asked;
  const names = { serverName: serverNameSeen(listener, serverName), spelledName };
  const connection = { ...asked, ...names };
  const refusal = chain && askGuards(chain.guards, connection, recorder);
  const verdict =
    chain === null || refusal !== null
      ? { ...CLOSED, details: refusal?.details ?? 'no filter chain' }
      : await play(listener, chain.manager, { ...rehearsal, connection, chance }, clock, recorder);
  recorder?.close(isRefusal(verdict) ? 'deny' : 'ok');
  return verdict;
}

function findListener(snapshot: CompiledSnapshot, name: string | undefined): CompiledListener | undefined {
  return name === undefined ? snapshot.listeners[0] : snapshot.listeners.find((one) => one.name === name);
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
  const options = compileHttpOptions(manager, nodeAddress);
  const { request, refusal: unread } =
    sent instanceof Uint8Array ? readHead(sent, connection, options) : takeHead(sent);
  const received = { path: request.path, authority: request.authority };
  const sceneOf = (hasRoute: boolean): Scene => {
    const stream = new RehearsedStream(request, {
      connection,
      clock,
      recorder,
      chance,
      takings,
      clusters: manager.clusters,
      listener: manager.listener,
      routes: hasRoute ? manager.routes : NO_ROUTES,
      bodyBytesMax: bodyBytesMaxOf(origin),
      maxStreamDurationMs: options.maxStreamDurationMs,
      tracing: options.tracing,
    });
    return { manager, options, stream, received };
  };
  if (unread !== null && unread !== REFUSAL.upgrade) {
    return rehearseRefusal(unread, sceneOf(unread === REFUSAL.fragment && hasForwardedProto(request)));
  }
  request.headers.markReceived();
  const preparation = prepareRequest(request, connection, options);
  if (preparation !== null) {
    const scene = sceneOf(hasForwardedProto(request));
    const facts = { preparation, manager: manager.origin, options, receivedPath: received.path };
    recordPreparation(recorder, facts);
    return rehearseUnprepared(preparation, scene);
  }
  recordUnroutable(recorder, request, manager.origin);
  const scene = sceneOf(true);
  const { stream } = scene;
  stream.markTracing();
  return unread === null ? decide(scene) : rehearseRefusal(unread, scene);
}

/** What the filters say, then the route. */
async function decide(scene: Scene): Promise<Verdict> {
  const { manager, stream, options } = scene;
  const filters = filtersFor(manager.filters, stream);
  const refusal = await runFilters(filters, stream);
  if (refusal !== undefined) return rehearseReply(refusal, refusal.asIs ? 'as-is' : 'other', filters, scene);
  const { route } = stream;
  const reply = routeReply(route, stream, !options.suppressEnvoyHeaders);
  if (reply !== undefined) return rehearseReply(reply, 'route', filters, scene);
  if (route?.action.kind !== 'cluster') throw new TypeError('a route without a reply forwards');
  return forward(route, route.action, filters, scene);
}

/** What becomes of a request that is let in. */
function forward(
  route: SelectedRoute,
  action: ForwardAction,
  filters: readonly HttpFilter[],
  scene: Scene,
): Verdict {
  const { manager, options, stream, received } = scene;
  const { request, recorder, progress } = stream;
  const marksOriginal = !options.suppressEnvoyHeaders;
  const cluster = manager.clusters.get(action.cluster);
  if (cluster === undefined) {
    recorder?.open('cluster', `none has the name "${action.cluster}"`, route.origin);
    recorder?.close('deny', String(action.notFoundStatus));
    const reply = { status: action.notFoundStatus, body: '', headers: [], details: 'cluster_not_found' };
    progress.addFlag('NC');
    return rehearseReply(reply, 'other', filters, scene);
  }
  takeRouterFields(request.headers, action.timeoutMs);
  progress.attempts = 1;
  rewriteRequest(stream, route, action, marksOriginal);
  const illegal = findIllegalField(request, received.path, received.authority);
  if (illegal !== null) {
    progress.addFlag('DPE');
    return rehearseReply(unsendableReply(illegal), 'other', filters, scene);
  }
  rewriteForUpstream(stream, action, cluster.hostName, marksOriginal);
  request.headers.restoreFraming();
  return { ...CLOSED, status: null, route, forwarded: request, metadata: stream.metadataIfAny };
}

const NO_ROUTES = { select: () => null, hostOf: () => null };
