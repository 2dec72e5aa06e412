import { closeSync, openSync, write } from 'node:fs';

/** As Envoy writes its logs: at so many bytes, or after so long. */
const FLUSH_BYTES = 65_536;
const FLUSH_MS = 10_000;
/** What is thrown away where a disk or a reader does not keep up. */
const HELD_BYTES_MAX = 64 * FLUSH_BYTES;

const DESCRIPTORS: Readonly<Record<string, number>> = { '/dev/stdout': 1, '/dev/stderr': 2 };

/** A file that lines are added to, gathered and written from time to time. */
export class LogFile {
  readonly #descriptor: number;
  readonly #isOwn: boolean;
  readonly #onError: (error: Error) => void;
  #held = '';
  #writing = false;
  #timer: NodeJS.Timeout | null = null;
  #closed: (() => void) | null = null;
  #failed = false;

  /** @throws Node's error when the file cannot be opened */
  constructor(path: string, onError: (error: Error) => void) {
    const known = DESCRIPTORS[path];
    this.#isOwn = known === undefined;
    this.#descriptor = known ?? openSync(path, 'a', 0o644);
    this.#onError = onError;
  }

  /** @param text whole lines, one character per byte */
  write(text: string): void {
    if (this.#held.length > HELD_BYTES_MAX) return;
    this.#held += text;
    if (this.#held.length >= FLUSH_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#writing || this.#held === '') return;
    const bytes = Buffer.from(this.#held, 'latin1');
    this.#held = '';
    this.#writing = true;
    this.#put(bytes);
  }

  /** Writes what is held; resolves when it is written or has failed. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#closed = resolve;
      this.flush();
      this.#closeIfDone();
    });
  }

  /** A pipe may take a part, and none at all for a while. */
  #put(bytes: Buffer): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#put(bytes), 10);
      else if (error !== null) this.#fail(error);
      else if (written < bytes.length) this.#put(bytes.subarray(written));
      else this.#wrote();
    });
  }

  #wrote(): void {
    this.#failed = false;
    this.#writing = false;
    if (this.#held.length >= FLUSH_BYTES || this.#closed !== null) this.flush();
    this.#closeIfDone();
  }

  /** Said once until a write succeeds again. */
  #fail(error: Error): void {
    if (!this.#failed) this.#onError(error);
    this.#failed = true;
    this.#writing = false;
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#closed === null || this.#writing) return;
    if (this.#isOwn) closeSync(this.#descriptor);
    this.#closed();
    this.#closed = null;
  }
}
