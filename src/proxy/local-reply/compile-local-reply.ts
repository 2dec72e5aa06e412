import type {
  LocalReplyConfig,
  ResponseMapper,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { Findings } from '../../resources/index.ts';
import { compileLogFilter, type LogFilter } from '../access-log/log-filter.ts';
import { inlineText } from '../data-source.ts';
import { compileFormatString, type FormatString } from '../format/compile-format-string.ts';
import type { FormatSource, Progress } from '../format/format-source.ts';
import { cameAsGrpc } from '../http/grpc-reply.ts';
import type { HeaderList } from '../http/header-list.ts';
import {
  applyHeaderMutations,
  compileHeaderMutations,
  type HeaderMutations,
} from '../route/header-mutation.ts';

/** What a local reply says, and what is known of its exchange while it is made. */
export interface ReplySource extends FormatSource {
  readonly progress: Progress & { status: number; headStatus: number; localBody: string };
}

export interface ReplyWords {
  status: number;
  /** One character per byte. */
  body: string;
  /** What the body is where no header says so; undefined: plain text. */
  contentType?: string | undefined;
}

/** `local_reply_config`: how replies of the gate's own are told (Envoy: local_reply.cc). */
export interface LocalReplyRules {
  /** Changes `headers` as the rules say; a `content-type` that is there, where a format makes the body. */
  rewrite(source: ReplySource, headers: HeaderList, reply: ReplyWords): ReplyWords;
}

interface Mapper {
  filter: LogFilter;
  status: number | undefined;
  body: string | undefined;
  add: HeaderMutations | null;
  format: FormatString | null;
}

/** @returns null where there is nothing to rewrite, undefined after an error */
export function compileLocalReply(
  config: LocalReplyConfig | undefined,
  findings: Findings,
): LocalReplyRules | null | undefined {
  if (config === undefined) return null;
  const before = findings.list.length;
  const mappers = config.mappers.map((mapper) => compileMapper(mapper, findings));
  const format = config.bodyFormat === undefined ? null : compileFormatString(config.bodyFormat, findings);
  const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
  return hasErrors ? undefined : new CompiledRules(mappers as Mapper[], format);
}

function compileMapper(config: ResponseMapper, findings: Findings): Mapper | null {
  const filter = config.filter === undefined ? null : compileLogFilter(config.filter, findings);
  const body = config.body === undefined ? undefined : inlineText(config.body, findings);
  const override = config.bodyFormatOverride;
  const format = override === undefined ? null : compileFormatString(override, findings);
  const add = compileHeaderMutations(config.headersToAdd, null, findings);
  if (filter === null || body === null) return null;
  return { filter, status: config.statusCode, body, add, format };
}

class CompiledRules implements LocalReplyRules {
  readonly #mappers: readonly Mapper[];
  readonly #format: FormatString | null;

  constructor(mappers: readonly Mapper[], format: FormatString | null) {
    this.#mappers = mappers;
    this.#format = format;
  }

  rewrite(source: ReplySource, headers: HeaderList, { status, body }: ReplyWords): ReplyWords {
    const { progress } = source;
    progress.status = status;
    const typeBefore = headers.get('content-type');
    const mapper = this.#mappers.find(({ filter }) => filter(source));
    const text = mapper?.body ?? body;
    if (mapper?.add) applyHeaderMutations(headers, [mapper.add], source);
    if (mapper?.status !== undefined) progress.status = progress.headStatus = mapper.status;
    const format = mapper?.format ?? this.#format;
    progress.localBody = text;
    const told = format === null ? text : tell(format, source);
    progress.localBody = '';
    const isNewType = headers.get('content-type') !== typeBefore;
    const contentType = contentTypeOf(format);
    if (headers.has('content-type') && told !== body && !isNewType) headers.set('content-type', contentType);
    return { status: progress.status, body: told, contentType };
  }
}

/** A line of JSON ends in a line feed, but not where it is told to a gRPC client. */
function tell(format: FormatString, source: ReplySource): string {
  const text = format.format.render(source);
  const isLine = contentTypeOf(format) === 'application/json' && text.endsWith('\n');
  return isLine && cameAsGrpc(source.request.headers) ? text.slice(0, -1) : text;
}

function contentTypeOf(format: FormatString | null): string {
  if (format === null) return 'text/plain';
  if (format.contentType !== '') return format.contentType;
  return format.isJson ? 'application/json' : 'text/plain';
}
