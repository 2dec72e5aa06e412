import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import type { FileWatch, watchFiles } from '../watch-files.ts';

export interface WatchTestsOptions {
  /** Runs everything once. @returns the files, folders and patterns that were read */
  run(): Promise<readonly string[]>;
  /** Tells when something has happened near files. */
  watch: typeof watchFiles;
  /** Resolves when it is enough. */
  ended: Promise<void>;
}

/** Runs tests, and again whenever the text of a file that they read is another: what else happens in its folder is none of their business. */
export async function watchTests({ run, watch, ended }: WatchTestsOptions): Promise<void> {
  let isOver = false;
  let watcher: FileWatch | undefined;
  let seen = '';
  let reads: readonly string[] = [];
  const runOnce = async () => {
    watcher?.close();
    const [before, said] = [reads, fingerprintOf(reads)];
    reads = await run();
    // What changed while they ran, of what is known to be read, makes them run again.
    seen = String(before) === String(reads) ? said : fingerprintOf(reads);
    if (!isOver) watcher = watch(reads.flatMap(placesOf), again);
  };
  let running = Promise.resolve();
  const again = () => {
    running = running.then(async () => {
      if (!isOver && fingerprintOf(reads) !== seen) await runOnce();
    });
  };
  await runOnce();
  // A change that came while they ran is seen now.
  again();
  await ended;
  isOver = true;
  watcher?.close();
  await running;
}

const isPattern = (path: string) => /[*?[{]/.test(path);

/** Where to look for changes: of a pattern the files that it has now. */
const placesOf = (path: string): string[] => (isPattern(path) ? [path.replace(/[*?[{].*$/s, 'x')] : [path]);

/** What all the files say, as one word. */
function fingerprintOf(reads: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of reads.flatMap(filesOf)) hash.update(JSON.stringify([file, textOf(file)]));
  return hash.digest('hex');
}

function filesOf(path: string): string[] {
  if (isPattern(path)) return globSync(path).sort();
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? globSync(`${path}/**/*.{yaml,yml,json}`).sort() : [path];
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
