import type { Recorder } from '../../../base/index.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { FilterStream } from '../filter.ts';

/** What one request's verification has done so far. */
export class Run {
  readonly stream: FilterStream;
  readonly request: RequestHead;
  readonly recorder: Recorder | null;
  /** A token's headers were written, so that another provider's run has to strip its own names again. */
  wroteHeaders = false;
  clearsRoute = false;
  /** Name of a header whose value cannot be sent, or null. */
  unsendable: string | null = null;

  constructor(stream: FilterStream) {
    this.stream = stream;
    this.request = stream.request;
    this.recorder = stream.recorder;
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
