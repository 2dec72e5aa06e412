const PREFIX_BYTES = 5;

/** Why a stream holds no message. */
export type ReadProblem = 'too_large' | 'compressed';

/**
 * Takes length-prefixed messages out of a stream and keeps the last (gRPC over HTTP/2, "Length-Prefixed-Message"): a service that sends
 * several is taken at its last word, as by Envoy. Bytes behind it that make no message count for nothing.
 */
export class MessageReader {
  readonly #bytesMax: number;
  #message: Buffer | null = null;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #wanted = PREFIX_BYTES;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** null: none came whole. */
  get message(): Buffer | null {
    return this.#message;
  }

  /** @returns what is wrong with it; nothing is to be read after that */
  read(bytes: Buffer): ReadProblem | null {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    while (this.#pendingBytes >= this.#wanted) {
      const whole = this.#pending.length === 1 ? (this.#pending[0] as Buffer) : Buffer.concat(this.#pending);
      const problem = this.#take(whole);
      if (problem !== null) return problem;
    }
    return null;
  }

  #take(whole: Buffer): ReadProblem | null {
    if (whole[0] !== 0) return 'compressed';
    const length = whole.readUInt32BE(1);
    if (length > this.#bytesMax) return 'too_large';
    const end = PREFIX_BYTES + length;
    const isThere = whole.length >= end;
    if (isThere) this.#message = whole.subarray(PREFIX_BYTES, end);
    const rest = isThere ? whole.subarray(end) : whole;
    this.#pending = rest.length === 0 ? [] : [rest];
    this.#pendingBytes = rest.length;
    this.#wanted = isThere ? PREFIX_BYTES : end;
    return null;
  }
}
