import { decodeText } from './decode-text.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { splitLines } from './lines.ts';

/** A command's way to the terminal. Results go to `out`, talk goes to `err`. Tests hand in one that collects. */
export interface CliIo {
  out(text: string): void;
  err(text: string): void;
  readStdin(): Promise<string>;
  /** The standard input's lines as they come, where they need not be held all at once. */
  stdinLines?: (() => AsyncIterable<string>) | undefined;
  /** ANSI colours are wanted: a terminal that is not TERM=dumb, and neither `--no-color` nor NO_COLOR. */
  readonly color: boolean;
  exitCode: ExitCode;
}

/** Wrong use, or something outside jotgate that a person can mend: one sentence, no stack. */
export class UserError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function processIo(): CliIo {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    readStdin: readableOnce(readStdin),
    stdinLines,
    color: wantsColor(process.stdout.isTTY === true, process.env, process.argv),
    exitCode: 0,
  };
}

/** Colours go to a terminal that has them, unless somebody asked for none. */
export function wantsColor(isTerminal: boolean, env: NodeJS.ProcessEnv, args: readonly string[]): boolean {
  return isTerminal && env['TERM'] !== 'dumb' && !env['NO_COLOR'] && !args.includes('--no-color');
}

/** What two flags want to read would be the one's, and empty for the other. */
export function readableOnce(read: () => Promise<string>): () => Promise<string> {
  let isRead = false;
  return async () => {
    if (isRead) throw new UserError(READ_TWICE, EXIT.wrongUse);
    isRead = true;
    return read();
  };
}

export const READ_TWICE = 'the standard input can be read once: name a file for the other `-`';

/** Longer texts cannot be held as one. */
const STDIN_BYTES_MAX = 500 * 1024 * 1024;

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > STDIN_BYTES_MAX)
      throw new UserError('the standard input is longer than 500 MiB; split it', EXIT.wrongUse);
  }
  return decodeText(Buffer.concat(chunks), '-');
}

const stdinLines = () => splitLines(process.stdin.setEncoding('utf8') as AsyncIterable<string>);
