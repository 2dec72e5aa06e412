import type { FormatSource } from '../format/format-source.ts';
import type { CompiledLog } from './compile-access-log.ts';

/** Where lines go. */
export interface LineSink {
  /** @param text whole lines, one character per byte */
  write(text: string): void;
}

/** The way to the files of access logs. @throws when one cannot be written */
export type OpenLog = (path: string) => LineSink;

/** The access logs of a connection manager on a data loop. */
export class AccessLog {
  readonly #logs: readonly (CompiledLog & { sink: LineSink })[];

  private constructor(logs: readonly (CompiledLog & { sink: LineSink })[]) {
    this.#logs = logs;
  }

  /** @returns null where there are none */
  static open(logs: readonly CompiledLog[], open: OpenLog): AccessLog | null {
    if (logs.length === 0) return null;
    return new AccessLog(logs.map((log) => ({ ...log, sink: open(log.path) })));
  }

  /** Writes the line of an exchange that has ended. */
  write(source: FormatSource): void {
    for (const { filter, format, sink } of this.#logs) {
      if (filter === null || filter(source)) sink.write(format.render(source));
    }
  }
}
