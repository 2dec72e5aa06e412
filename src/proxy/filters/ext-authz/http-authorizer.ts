import { HeaderList } from '../../http/header-list.ts';
import { findIllegalField, renderRequestHead } from '../../http/render-request.ts';
import type { RequestHead } from '../../http/request-head.ts';
import { applyHeaderMutations, type HeaderMutations } from '../../route/header-mutation.ts';
import type { FilterStream, UpstreamCaller } from '../filter.ts';
import type { Answer } from './answer.ts';
import type { Authorizer, Question, ToldHeaders } from './authorizer.ts';
import { PARTIAL_BODY, type ToldBody } from './body-settings.ts';
import { type AnswerLists, changesOf, metadataOf, refusalOf, tellServiceTime } from './read-http-answer.ts';
import { utf8Bytes, utf8Text } from './utf8-text.ts';

/** A service that is asked over HTTP. */
export interface HttpSettings extends AnswerLists {
  origin: object;
  cluster: string;
  /** 0: no limit. */
  timeoutMs: number;
  pathPrefix: string;
  /** The path that is asked for, whatever the request's is; empty: none. */
  pathOverride: string;
  headersToAdd: HeaderMutations | null;
}

const BODY_BYTES_MAX = 1024 * 1024;

/** Asks about a request over HTTP (Envoy: ext_authz_http_impl.cc). No answer in time, a broken one and any 5xx are errors. */
export class HttpAuthorizer implements Authorizer {
  readonly field = 'http_service';
  readonly #settings: HttpSettings;

  constructor(settings: HttpSettings) {
    this.#settings = settings;
  }

  get cluster(): string {
    return this.#settings.cluster;
  }

  get origin(): object {
    return this.#settings.origin;
  }

  async ask(upstreams: UpstreamCaller, stream: FilterStream, question: Question): Promise<Answer> {
    const settings = this.#settings;
    const unaskable = whyUnaskable(question.told);
    if (unaskable !== null) return unaskable;
    const content = contentOf(question.body);
    const head = buildHead(settings, stream, question, content.length);
    const illegal = findIllegalField(head, head.path);
    if (illegal !== null) return { kind: 'error', why: illegal };
    const startMs = stream.clock.now();
    const outcome = await upstreams.call(settings.cluster, {
      head: renderRequestHead(head, 'none'),
      body: content,
      isHead: head.method === 'HEAD',
      timeoutMs: settings.timeoutMs,
      bytesMax: BODY_BYTES_MAX,
      signal: stream.signal(),
    });
    if (outcome.kind === 'failure') {
      // Envoy would have read it, and it may say no: where errors are let in, this one is not.
      return { kind: outcome.code === 'too_large' ? 'invalid' : 'error', why: outcome.text };
    }
    const { status, headers, body } = outcome;
    tellServiceTime(headers, stream.clock.now() - startMs);
    if (status >= 500) return { kind: 'error', why: `it answered ${status}` };
    if (status === 200) {
      return {
        kind: 'allowed',
        changes: changesOf(headers, settings),
        metadata: metadataOf(headers, settings),
      };
    }
    const answer = { status, headers, body: body.toString('latin1') };
    return {
      kind: 'denied',
      reply: refusalOf(answer, settings),
      metadata: metadataOf(headers, settings),
    };
  }
}

/** The request's own method, host and path, and those of its headers that the service may see. */
function buildHead(
  settings: HttpSettings,
  stream: FilterStream,
  { told, body }: Question,
  length: number,
): RequestHead {
  const { request } = stream;
  const headers = new HeaderList();
  headers.append('content-length', String(length));
  if (body !== null) headers.append(PARTIAL_BODY, String(body.isPartial));
  for (const [index, name] of request.headers.names.entries()) {
    if (!isTold(name, told)) continue;
    const line = request.headers.values[index] as string;
    if (told.raw) {
      headers.append(name, line);
      continue;
    }
    const value = utf8Bytes(line);
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  if (settings.headersToAdd !== null) applyHeaderMutations(headers, [settings.headersToAdd], stream);
  // Where the question ends is the gate's business, whatever is added.
  headers.set('content-length', String(length));
  headers.append('x-envoy-internal', 'true');
  if (settings.timeoutMs > 0) headers.append('x-envoy-expected-rq-timeout-ms', String(settings.timeoutMs));
  return { ...request, path: settings.pathOverride || settings.pathPrefix + request.path, headers };
}

/**
 * Lists that keep the question's own words from the service: without method or path Envoy has no answer; without a host it asks all the
 * same, which is no HTTP/1.1 (RFC 9112 §3.2), and what the service would say nobody knows.
 */
function whyUnaskable(told: ToldHeaders): Answer | null {
  const untold = [':method', ':path', ':authority'].find((name) => !isTold(name, told));
  if (untold === undefined) return null;
  const why = `a question without \`${untold}\` cannot be asked`;
  return { kind: untold === ':authority' ? 'invalid' : 'error', why };
}

const NOTHING = Buffer.alloc(0);

function contentOf(body: ToldBody | null): Buffer {
  if (body === null) return NOTHING;
  return body.asBytes ? body.bytes : Buffer.from(utf8Text(body.bytes.toString('latin1')), 'utf8');
}

function isTold(name: string, { allowed, disallowed, always }: ToldHeaders): boolean {
  if (name === 'content-length' || name === PARTIAL_BODY || disallowed.has(name)) return false;
  return allowed === null || always.has(name) || allowed.has(name);
}
