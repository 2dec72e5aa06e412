import type { ResponseParser } from '../http/response-parser.ts';
import type { StreamError } from '../http/stream-error.ts';

/** How the end of a response's body is found (RFC 9112 §6.3). */
export type BodyEnd = 'none' | 'length' | 'chunked' | 'close';

/** The one exchange that an upstream connection works for. Calls come in this order, failure at any time, and then no more. */
export interface UpstreamConsumer {
  /** The final response's head; `parser` describes it until the call returns. */
  onResponseHead(parser: ResponseParser, body: BodyEnd): void;
  /** Bytes of the body, without framing. Valid during the call; what is written but not sent may refer to them. */
  onBody(bytes: Buffer, start: number, end: number): void;
  /** The response ended exactly. The connection is no longer the consumer's. */
  onResponseEnd(): void;
  /** The connection is no longer the consumer's. */
  onUpstreamFailure(error: StreamError): void;
  /** The gate itself failed on what came. The connection is no longer the consumer's. */
  onBug(error: unknown): void;
  /** Everything written was sent; the request's body may go on. */
  onUpstreamDrain(): void;
  /** All that one read brought has been handed over. @returns whether bytes of it are still waiting to be sent. */
  flushResponse(): boolean;
}
