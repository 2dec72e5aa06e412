import { isUtf8 } from 'node:buffer';
import type { Logger } from '../base/index.ts';
import type { JwksFetcher, JwksRequest } from '../proxy/rehearsal/index.ts';
import { type Cluster, type FetchOutcome, type FetchRequest, fetchThrough } from '../proxy/upstream/index.ts';
import { shownUri } from './shown-uri.ts';

/** Would end the request line: a discovery document may name any address. A character beyond bytes is cut to one. */
const UNSENDABLE = /[\0-\x20\x7f]|[^\0-\xff]/;
const BYTES_MAX = 8 * 1024 * 1024;
/** Of a fetch that is given no limit: it is shared, and a server that says nothing must not keep keys from those who come later. */
const LIMIT_MS = 300_000;

/**
 * Fetches key sets for the data workers through the clusters' transports (envoy.md §5.3, §5.4). Callers that want the same key
 * set at the same time share one fetch.
 */
export class JwksClient implements JwksFetcher {
  readonly #clusters: ReadonlyMap<string, Cluster>;
  readonly #logger: Logger;
  readonly #nodeAddress: string;
  readonly #running = new Map<string, { cluster: Cluster | undefined; answer: Promise<string | null> }>();

  constructor(clusters: ReadonlyMap<string, Cluster>, logger: Logger, nodeAddress: string) {
    this.#clusters = clusters;
    this.#logger = logger;
    this.#nodeAddress = nodeAddress;
  }

  fetch(request: JwksRequest): Promise<string | null> {
    const { provider: _, ...shared } = request;
    const key = JSON.stringify(shared);
    const cluster = this.#clusters.get(request.cluster);
    const running = this.#running.get(key);
    // A cluster that was given another configuration meanwhile may lead to another server.
    if (running !== undefined && running.cluster === cluster) return running.answer;
    const answer = this.#fetch(request, cluster).finally(() => {
      if (this.#running.get(key)?.answer === answer) this.#running.delete(key);
    });
    this.#running.set(key, { cluster, answer });
    return answer;
  }

  knowsCluster(name: string): boolean {
    return this.#clusters.has(name);
  }

  async #fetch(request: JwksRequest, cluster: Cluster | undefined): Promise<string | null> {
    if (UNSENDABLE.test(request.uri)) return this.#give(request, 'its address holds a blank or a control');
    if (cluster === undefined) return this.#give(request, `unknown cluster \`${request.cluster}\``);
    const endMs = performance.now() + (request.timeoutMs || LIMIT_MS);
    for (let attempt = 0; ; attempt++) {
      const isLast = attempt >= request.retries;
      const leftMs = Math.max(1, endMs - performance.now());
      const outcome = await fetchThrough(cluster, this.#requestOf(request, leftMs, isLast));
      const text = textOf(outcome);
      if (text !== null) return text;
      const waitMs = backOff(request, attempt);
      if (isLast || !isRetriable(outcome) || performance.now() + waitMs >= endMs)
        return this.#give(request, describe(outcome));
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  #requestOf(request: JwksRequest, leftMs: number, isLast: boolean): FetchRequest {
    const { authority, path } = splitUri(request.uri);
    const limitMs = request.timeoutMs || Number.POSITIVE_INFINITY;
    const shownMs = Math.min(limitMs, request.tryTimeoutMs ?? limitMs);
    return {
      authority,
      path,
      headers: [
        ['user-agent', 'Go-browser'],
        ['x-envoy-internal', 'true'],
        ['x-forwarded-for', this.#nodeAddress],
        ...(shownMs < Number.POSITIVE_INFINITY
          ? [['x-envoy-expected-rq-timeout-ms', String(shownMs)] as const]
          : []),
      ] as const,
      timeoutMs: leftMs,
      headTimeoutMs: request.tryTimeoutMs,
      bytesMax: BYTES_MAX,
      ...(isLast ? {} : { isEnough: asksForMore }),
    };
  }

  #give(request: JwksRequest, reason: string): null {
    this.#logger.warn(`no keys from ${shownUri(request.uri)}`, { cluster: request.cluster, reason });
    return null;
  }
}

/** Scheme off, user information and fragment left where they are, as Envoy sends them. */
function splitUri(uri: string): { authority: string; path: string } {
  const rest = uri.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const slash = rest.indexOf('/');
  return slash < 0
    ? { authority: rest, path: '/' }
    : { authority: rest.slice(0, slash), path: rest.slice(slash) };
}

/** Only a 200 with a body of UTF-8 counts. Nothing is decompressed, whatever the answer says of its coding (envoy.md §5.1). */
function textOf(outcome: FetchOutcome): string | null {
  if (outcome.kind !== 'reply' || outcome.status !== 200 || outcome.body.length === 0) return null;
  return isUtf8(outcome.body) ? outcome.body.toString('utf8') : null;
}

/** What has begun to come is not tried again, whatever becomes of it (Envoy: router.cc). */
function isRetriable(outcome: FetchOutcome): boolean {
  return outcome.kind === 'failure' ? outcome.begun !== true : asksForMore(outcome.status, outcome.headers);
}

/** A server that says it has too many to answer is not asked again (Envoy: retry_state_impl.cc). */
function asksForMore(status: number, headers: { get(name: string): string | undefined }): boolean {
  return status >= 500 && status < 600 && headers.get('x-envoy-ratelimited') === undefined;
}

/** Fully jittered exponential back-off. */
function backOff({ backOffMs }: JwksRequest, attempt: number): number {
  return Math.random() * Math.min(backOffMs.max, backOffMs.base * 2 ** attempt);
}

function describe(outcome: FetchOutcome): string {
  if (outcome.kind === 'failure') return outcome.text.replace(/^.*reset reason: /, '');
  if (outcome.status !== 200) return `status ${outcome.status}`;
  if (outcome.body.length === 0) return 'empty answer';
  const coding = outcome.contentEncoding === '' ? '' : ` but \`${outcome.contentEncoding}\``;
  return `the answer is not UTF-8${coding}`;
}
