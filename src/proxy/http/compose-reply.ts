import type { FilterStream, HttpFilter, LocalReply } from '../filters/filter.ts';
import { encodeThrough } from '../filters/run-filters.ts';
import type { ReplyWords } from '../local-reply/compile-local-reply.ts';
import type { ExchangeCourse } from './exchange-course.ts';
import { cameAsGrpc, writeGrpcFields } from './grpc-reply.ts';
import { HeaderList } from './header-list.ts';
import type { HttpService } from './http-service.ts';
import { appendVia } from './prepare-request.ts';
import type { LocalWords } from './render-response.ts';
import { type Replier, writeReplyFields } from './reply-fields.ts';
import { tellRequestId } from './request-id.ts';
import { tellOperation } from './trace-reason.ts';

/** The exchange that is answered. */
export interface Replied {
  stream: FilterStream;
  filters: readonly HttpFilter[];
  course: ExchangeCourse | null;
  /** The request came as HEAD. */
  isHead: boolean;
}

export interface ComposedReply {
  /** What is said, whatever words a gRPC client is told it in. */
  told: ReplyWords;
  /** The client is told it in gRPC's words. */
  isGrpc: boolean;
  reply: Omit<LocalWords, 'readsChunks' | 'close'>;
}

/**
 * Makes a reply of the gate's own what the client gets, on the data path and in a rehearsal: local reply rules, words for gRPC, the
 * filters' word on the head (Envoy: utility.cc, sendLocalReply; filter_manager.cc).
 * @param service what a connection manager says of its replies
 */
export function composeReply(
  service: Pick<HttpService, 'localReply' | 'options'>,
  { stream, filters, course, isHead }: Replied,
  local: LocalReply,
  replier: Replier,
): ComposedReply {
  const headers = new HeaderList();
  const isGrpc = replier !== 'as-is' && replier !== 'codec' && cameAsGrpc(stream.request.headers);
  const bodiless = isHead && replier !== 'codec';
  course?.repliesItself(local, headers);
  writeReplyFields(headers, local, stream.route, replier, stream);
  const told = replier === 'as-is' ? local : rewriteReply(service, stream, course, local, headers);
  if (course !== null && replier !== 'as-is') course.status = told.status;
  const message = bodiless ? '' : told.body;
  if (isGrpc) writeGrpcFields(headers, told.status, message, local.grpcStatus);
  else describeBody(headers, told);
  const status = isGrpc ? 200 : told.status;
  local.beforeFilters?.();
  course?.composed(local);
  if (course !== null) course.headStatus = status;
  encodeThrough(filters, stream, { status, headers });
  tellRequestId(headers, stream.request, service.options.tellsRequestId);
  tellOperation(headers, stream);
  if (service.options.via !== '') appendVia(headers, service.options.via);
  const { body } = told;
  return {
    told: { status: told.status, body },
    isGrpc,
    reply: { status, body: isGrpc ? '' : body, headers, bodiless },
  };
}

/** Filters see the length and the type of the body, and may change the type (Envoy: utility.cc, sendLocalReply). */
function describeBody(headers: HeaderList, { body, contentType = 'text/plain' }: ReplyWords): void {
  if (body === '') {
    headers.remove('content-type');
    return;
  }
  headers.set('content-length', String(body.length));
  if (!headers.has('content-type')) headers.append('content-type', contentType);
}

function rewriteReply(
  { localReply }: Pick<HttpService, 'localReply'>,
  stream: FilterStream,
  course: ExchangeCourse | null,
  local: LocalReply,
  headers: HeaderList,
): ReplyWords {
  if (localReply === null || course === null) return local;
  const { request, connection, metadataIfAny, filterStateIfAny, route } = stream;
  const source = { request, connection, metadataIfAny, filterStateIfAny, route, progress: course };
  return localReply.rewrite(source, headers, local);
}
