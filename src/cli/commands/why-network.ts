import type { Logger } from '../../base/index.ts';
import { jwksFaultText, parseJwks } from '../../core/jwt/index.ts';
import { nodeCrypto } from '../../platform/index.ts';
import type { JwksFetcher, JwksRequest } from '../../proxy/rehearsal/index.ts';
import type { Provenance, Snapshot } from '../../resources/index.ts';
import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import { readRoots } from './run-sources.ts';

export interface NetworkFlags {
  connectTo: readonly string[];
  trust: readonly string[];
}

/** One thing that went wrong while keys were fetched: what, and plain facts about it. */
export interface NetworkTrouble {
  message: string;
  facts: Record<string, unknown>;
}

/** Keeps what the fetcher would log, each thing once: it is part of the answer. */
export class TroubleLog implements Logger {
  readonly #seen = new Map<string, NetworkTrouble>();

  get list(): readonly NetworkTrouble[] {
    return [...this.#seen.values()];
  }

  info(): void {}

  warn(message: string, facts: Record<string, unknown> = {}): void {
    const trouble = { message, facts };
    this.#seen.set(JSON.stringify(trouble), trouble);
  }

  error(message: string, facts?: Record<string, unknown>): void {
    this.warn(message, facts);
  }
}

/** One line: what went wrong, then why, then what to do. */
export function renderTrouble({ message, facts }: NetworkTrouble): string {
  const { reason, hint } = facts;
  return [message, reason, hint].filter((part) => typeof part === 'string').join(': ');
}

/** The way to the keys that a gate on this snapshot would take; what goes wrong on it is kept in `trouble`. */
export async function openNetwork(snapshot: Snapshot, provenance: Provenance, flags: NetworkFlags) {
  const { openKeyFetcher, parseConnectTo, shownUri } = await import('../../server/index.ts');
  const connectTo = flags.connectTo.map((text) => {
    const parsed = parseConnectTo(text);
    if (parsed !== null) return parsed;
    throw new UserError(`\`${text}\` is not of the shape --connect-to HOST:PORT:ADDR:PORT`, EXIT.wrongUse);
  });
  const trust = flags.trust.map(readRoots);
  const logger = new TroubleLog();
  const fetcher = await openKeyFetcher({ snapshot, provenance, connectTo, trust, logger });
  const complain = (uri: string, reason: string) => logger.warn(`no keys from ${shownUri(uri)}`, { reason });
  return { jwks: new KeysAskedOnce(fetcher.jwks, complain), logger, close: () => fetcher.close() };
}

/** Somebody waits at a terminal, whatever time the configuration gives a fetch. */
const WAIT_MAX_MS = 30_000;

/** One question, one answer: a server that is slow, or answers something else than keys, is asked once for all that is tried. */
class KeysAskedOnce implements JwksFetcher {
  readonly #inner: JwksFetcher;
  readonly #complain: (uri: string, reason: string) => void;
  readonly #answers = new Map<string, Promise<string | null>>();

  constructor(inner: JwksFetcher, complain: (uri: string, reason: string) => void) {
    this.#inner = inner;
    this.#complain = complain;
  }

  fetch(request: JwksRequest): Promise<string | null> {
    const key = JSON.stringify([request.cluster, request.uri]);
    const answer = this.#answers.get(key) ?? this.#fetch(request);
    this.#answers.set(key, answer);
    return answer;
  }

  knowsCluster(name: string): boolean {
    return this.#inner.knowsCluster?.(name) !== false;
  }

  /** What is no key set is to the gate a fetch that failed. */
  async #fetch(request: JwksRequest): Promise<string | null> {
    const timeoutMs = Math.min(request.timeoutMs || WAIT_MAX_MS, WAIT_MAX_MS);
    const text = await this.#inner.fetch({ ...request, timeoutMs });
    const keys = text === null ? null : parseJwks(text, nodeCrypto);
    if (typeof keys !== 'number') return text;
    this.#complain(request.uri, `the answer is no key set: ${jwksFaultText(text ?? '', keys)}`);
    return null;
  }
}
