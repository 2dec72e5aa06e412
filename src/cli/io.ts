import { decodeText } from './decode-text.ts';
import type { ExitCode } from './exit-code.ts';
import { splitLines } from './lines.ts';

/** A command's way to the terminal. Results go to `out`, talk goes to `err`. Tests hand in one that collects. */
export interface CliIo {
  out(text: string): void;
  err(text: string): void;
  readStdin(): Promise<string>;
  /** The standard input's lines as they come, where they need not be held all at once. */
  stdinLines?: (() => AsyncIterable<string>) | undefined;
  /** ANSI colours are wanted: a terminal, and neither `--no-color` nor NO_COLOR. */
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
    readStdin,
    stdinLines,
    color: process.stdout.isTTY === true && !process.env['NO_COLOR'] && !process.argv.includes('--no-color'),
    exitCode: 0,
  };
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return decodeText(Buffer.concat(chunks), '-');
}

const stdinLines = () => splitLines(process.stdin.setEncoding('utf8') as AsyncIterable<string>);
