import type { ConnectionInfo } from '../filters/filter.ts';

/** Where an exchange writes to, and what it may ask of the connection under it. */
export interface ClientSide {
  /** Adds text to what is written with the next flush. */
  write(text: string): void;
  /** Adds body bytes, which may be sent after the call returns. */
  writeBytes(bytes: Buffer, start: number, end: number): void;
  /** Sends what was gathered. @returns whether bytes handed over still wait to be sent. */
  flush(): boolean;
  /** What was sent waits at the client: stop. */
  readonly congested: boolean;
  readonly info: ConnectionInfo;
  /** When the request's first byte came. */
  readonly startedMs: number;
  /** An error of the gate's own: the connection is cut. */
  onBug(error: unknown): void;
  /** This exchange is the last one on the connection. */
  readonly closing: boolean;
  /** Hands over what has come of the request's body. */
  readBodyAtHand(): void;
  /** Stops and starts reading the request's body. */
  pauseRequest(): void;
  resumeRequest(): void;
  /** The exchange is over. `keep`: the connection may serve another. `flushed`: the reply is whole. */
  onExchangeDone(exchange: object, outcome: ExchangeOutcome): void;
}

/** keep: the connection serves on. close: it is closed once the client has the reply. abort: it is cut, the reply is not whole. */
export type ExchangeOutcome = 'keep' | 'close' | 'abort';

/**
 * How far an exchange has come. head: it has begun. decide: filters are asked. forward: it is the upstream's turn. respond: the head of
 * the upstream's response is out. done: it has ended.
 */
export type ExchangeState = 'head' | 'decide' | 'forward' | 'respond' | 'done';
