import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'src', 'cli', 'main.ts');

/** A demo in a process of its own, with a temporary folder of its own. */
export interface DemoProcess {
  readonly child: ChildProcess;
  /** What it has written so far. */
  out(): string;
  /** Resolves once the text has been written; rejects when the process ends before. */
  says(text: string): Promise<void>;
  /** `exit 0`, or the signal that ended it. */
  readonly ended: Promise<string>;
  /** What it left in its temporary folder; removes that folder. */
  leftOver(): string[];
}

export function startDemo(...args: string[]): DemoProcess {
  const folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
  const child = spawn(process.execPath, [program, 'demo', ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: folder },
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let text = '';
  const wakers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      for (const wake of wakers) wake();
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      process.removeListener('exit', kill);
      resolve(signal ?? `exit ${code}`);
    });
  });
  const says = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (text.includes(wanted)) resolve();
      };
      wakers.add(look);
      look();
      void ended.then((how) =>
        reject(new Error(`the demo ended (${how}) before it said \`${wanted}\`:\n${text}`)),
      );
    });
  const leftOver = () => {
    const left = readdirSync(folder);
    rmSync(folder, { recursive: true, force: true });
    return left;
  };
  return { child, out: () => text, says, ended, leftOver };
}
