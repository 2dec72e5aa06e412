import { spawn } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../../../src/cli/main.ts');

export interface CliProcess {
  /** Everything that it has said. */
  text(): string;
  /** Resolves when the pattern is in what it has said since the last time; rejects when it ends before. */
  said(pattern: RegExp): Promise<void>;
  stop(): Promise<void>;
}

/** A command that stays up. */
export function startCli(args: readonly string[]): CliProcess {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let read = 0;
  let wake = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += String(chunk);
      wake();
    });
  }
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      process.removeListener('exit', kill);
      resolve();
      wake();
    });
  });
  return {
    text: () => text,
    said: async (pattern) => {
      for (;;) {
        const found = pattern.exec(text.slice(read));
        if (found !== null) {
          read += found.index + found[0].length;
          return;
        }
        if (child.exitCode !== null) throw new Error(`it ended without ${pattern}:\n${text}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
