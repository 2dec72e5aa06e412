import { LogFile } from '../platform/index.ts';
import type { LineSink } from '../proxy/http/index.ts';
import { ListenError } from './loop-listeners.ts';

/** The access logs' files of one data loop: each is opened once, however many loggers write to it. */
export class LogFiles {
  readonly #files = new Map<string, LogFile>();
  readonly #report: (message: string, error: Error) => void;

  constructor(report: (message: string, error: Error) => void) {
    this.#report = report;
  }

  /** @throws ListenError when the file cannot be opened, as Envoy does not start then */
  open(path: string): LineSink {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    try {
      const file = new LogFile(path, (error) =>
        this.#report(`cannot write the access log \`${path}\``, error),
      );
      this.#files.set(path, file);
      return file;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new ListenError(
        `cannot open the access log \`${path}\`${code === undefined ? '' : ` (${code})`}`,
      );
    }
  }

  /** Writes what is held; resolves when all is written. */
  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => file.close()));
    this.#files.clear();
  }
}
