import { createHash } from 'node:crypto';
import { readNamedFile } from '../platform/index.ts';

/** The files that a configuration names, key sets and certificates, as they were when it was read. */
export class NamedFiles {
  /** Path → digest; empty for an empty file, null for one that could not be read. */
  readonly #seen = new Map<string, string | null>();

  /** Throws when the file cannot be read; the path is then noted all the same, for the file may yet come. */
  readonly read = (path: string): Uint8Array => {
    this.#seen.set(path, null);
    const bytes = readNamedFile(path);
    this.#seen.set(path, digestOf(bytes));
    return bytes;
  };

  get paths(): string[] {
    return [...this.#seen.keys()];
  }

  get haveChanged(): boolean {
    return this.#seen.entries().some(([path, digest]) => digestNow(path) !== digest);
  }

  /** A file that had something in it and has nothing now, or undefined. */
  get emptied(): string | undefined {
    const had = [...this.#seen].filter(([, digest]) => digest !== null && digest !== '');
    return had.find(([path]) => digestNow(path) === '')?.[0];
  }
}

const digestOf = (bytes: Uint8Array) =>
  bytes.length === 0 ? '' : createHash('sha256').update(bytes).digest('base64');

function digestNow(path: string): string | null {
  try {
    return digestOf(readNamedFile(path));
  } catch {
    return null;
  }
}
