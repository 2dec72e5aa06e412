import type { BodyWant, GatheredBody, RequestBody } from '../filters/filter.ts';

/** What the buffer asks of the exchange whose body it is. */
export interface BodySource {
  /** The body has come to its end. */
  isWhole(): boolean;
  letCome(): void;
  holdBack(): void;
  /** There is more of it than may be held. Ends the exchange. */
  refuse(): void;
}

const FIRST_BYTES = 4096;

/**
 * The body of a request that a filter looks at before anything of it goes on. It holds what the filter wants and what came in the same
 * read, and no more; the rest waits at the client.
 */
export class RequestBuffer implements RequestBody {
  readonly #source: BodySource;
  /** Held of a body that may be looked at in part; 0: no limit. */
  readonly #bytesMax: number;
  #bytes = Buffer.alloc(0);
  #length = 0;
  #want: BodyWant | null = null;
  #tell: ((body: GatheredBody | null) => void) | null = null;

  constructor(bytesMax: number, source: BodySource) {
    this.#bytesMax = bytesMax;
    this.#source = source;
  }

  /** A filter waits for more. */
  get gathers(): boolean {
    return this.#want !== null;
  }

  gather(want: BodyWant): Promise<GatheredBody | null> {
    return new Promise((resolve) => {
      this.#want = want;
      this.#tell = resolve;
      this.settle(this.#source.isWhole());
      if (this.gathers) this.#source.letCome();
    });
  }

  add(bytes: Buffer, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#bytes.length, FIRST_BYTES));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.#length, start, end);
    this.#length = length;
  }

  /**
   * All that one read brought is here, or the body has come to its end: the moments at which Envoy looks at how much there is
   * (ext_authz.cc, decodeData; filter_manager.cc, requestDataTooLarge).
   */
  settle(isWhole: boolean): void {
    const want = this.#want;
    if (want === null) return;
    const isEnough = want.partial && this.#length >= want.bytesMax;
    if (!isEnough && this.#length > this.#mayHold(want)) {
      this.#source.refuse();
      return;
    }
    if (!isEnough && !isWhole) return;
    if (!isWhole) this.#source.holdBack();
    const bytes = this.#bytes.subarray(0, Math.min(this.#length, want.bytesMax));
    this.#end({ bytes, size: this.#length });
  }

  /** Hands over all that is held. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.drop();
    return bytes;
  }

  /** Nobody wants it any more. */
  drop(): void {
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    this.#end(null);
  }

  #mayHold({ partial, bytesMax }: BodyWant): number {
    if (!partial) return bytesMax;
    return this.#bytesMax === 0 ? Number.POSITIVE_INFINITY : this.#bytesMax;
  }

  #end(body: GatheredBody | null): void {
    const tell = this.#tell;
    this.#want = null;
    this.#tell = null;
    tell?.(body);
  }
}
