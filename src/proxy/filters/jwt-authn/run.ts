import type { Recorder } from '../../../base/index.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { FilterStream } from '../filter.ts';

/** What one request's verification has done so far. */
export class Run {
  readonly stream: FilterStream;
  readonly request: RequestHead;
  readonly recorder: Recorder | null;
  /** Headers were written, so that another provider's run has to strip its own names again. */
  wroteHeaders = false;
  clearsRoute = false;
  /** Key fetches that this request has waited for so far. */
  fetches = 0;
  /** Signatures that take their turns now: Envoy would have verified them at once. */
  turns = 0;
  #paused: PromiseWithResolvers<undefined> | null = null;

  constructor(stream: FilterStream) {
    this.stream = stream;
    this.request = stream.request;
    this.recorder = stream.recorder;
  }

  /** A token has to wait for keys: meanwhile other members of its group go on. */
  beginFetch(): void {
    this.fetches++;
    this.#pause();
  }

  /** @param settled resolves when all that follows from the signature's verdict at once has been done */
  async endTurns(settled: Promise<void>): Promise<void> {
    await settled;
    this.turns--;
    if (this.turns === 0) this.#pause();
  }

  /** Resolves when the next wait for keys begins, or no signature takes its turns any more. */
  nextPause(): Promise<undefined> {
    this.#paused ??= Promise.withResolvers();
    return this.#paused.promise;
  }

  #pause(): void {
    this.#paused?.resolve(undefined);
    this.#paused = null;
  }
}

/** A part of the requirement tree at work. Once it has its answer, members that still wait have no say and no effect. */
export class Attempt {
  #settled = false;
  readonly #outer: Attempt | null;

  constructor(outer: Attempt | null) {
    this.#outer = outer;
  }

  settle(): void {
    this.#settled = true;
  }

  get isOver(): boolean {
    return this.#settled || (this.#outer?.isOver ?? false);
  }
}

/** Has the exchange, or the part of the tree that waits, come to its end meanwhile? */
export function isDropped({ stream }: Run, attempt: Attempt | null): boolean {
  return stream.closed || attempt?.isOver === true;
}
