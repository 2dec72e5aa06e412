import type { CompiledConnectionManager } from '../compiled/compiled-listener.ts';
import type { HttpFilter, LocalReply } from '../filters/filter.ts';
import { filtersFor } from '../filters/run-filters.ts';
import { composeReply } from '../http/compose-reply.ts';
import { type HeaderList, isFraming } from '../http/header-list.ts';
import type { HttpOptions } from '../http/http-options.ts';
import { forgetUnlessRead, type Preparation } from '../http/prepare-request.ts';
import type { Refusal } from '../http/refusal.ts';
import type { Replier } from '../http/reply-fields.ts';
import type { RehearsedStream } from './rehearsed-stream.ts';
import { CLOSED, type Field, type Verdict } from './verdict.ts';

/** A request that is played, and the connection manager that it came to. */
export interface Scene {
  manager: CompiledConnectionManager;
  options: HttpOptions;
  stream: RehearsedStream;
  /** What its head said before anything was changed. */
  received: { path: string; authority: string };
}

/** Refused for its head alone. */
export function rehearseRefusal(refusal: Refusal, scene: Scene): Verdict {
  const { status, body, details } = refusal;
  const { recorder } = scene.stream;
  recorder?.open('codec', 'HTTP/1');
  recorder?.close('deny', `the head of the request is refused (${details})`);
  return replyUnasked({ status, body, headers: [], details }, scene);
}

/** Answered by the connection manager, before any filter is asked. */
export function rehearseUnprepared(preparation: Exclude<Preparation, null>, scene: Scene): Verdict {
  if (!('redirect' in preparation)) return replyUnasked({ ...preparation, headers: [] }, scene);
  const headers = [['location', preparation.redirect]] as const;
  return replyUnasked({ status: 307, body: '', headers, details: 'path_normalization_failed' }, scene);
}

/** No filter is asked, yet they see the reply. */
function replyUnasked(reply: LocalReply, scene: Scene): Verdict {
  const { manager, stream } = scene;
  const replier = reply.details.startsWith('http1.') ? 'codec' : 'other';
  forgetUnlessRead(reply, stream.request);
  return rehearseReply(reply, replier, filtersFor(manager.filters, stream), scene);
}

/** A reply of the gate's own, as the route, the local reply rules and the filters change it on its way out. */
export function rehearseReply(
  local: LocalReply,
  replier: Replier,
  filters: readonly HttpFilter[],
  { manager, options, stream }: Scene,
): Verdict {
  const service = { localReply: manager.localReply, options };
  const replied = { stream, filters, course: stream.progress, isHead: stream.isHead };
  const { told, isGrpc, reply } = composeReply(service, replied, local, replier);
  if (told.status !== local.status || told.body !== local.body) {
    stream.recorder?.open(
      'local reply',
      `${local.status} is told as ${told.status}`,
      manager.origin.localReplyConfig,
    );
    stream.recorder?.close('ok');
  }
  const fields = fieldsOf(reply.headers);
  return {
    ...CLOSED,
    ...told,
    headers: isGrpc ? fields.filter((field) => !isOfGrpc(field)) : fields,
    grpc: isGrpc ? fields.filter(isOfGrpc) : null,
    details: local.details,
    route: stream.route,
    metadata: stream.metadataIfAny,
  };
}

const fieldsOf = ({ names, values }: HeaderList) =>
  names.map((name, index): Field => [name, values[index] as string]).filter(([name]) => !isFraming(name));

const isOfGrpc = ([name]: Field) => name === 'content-type' || name.startsWith('grpc-');
