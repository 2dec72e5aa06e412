import { globSync } from 'node:fs';
import { join } from 'node:path';

const src = join(import.meta.dirname, '..', '..', 'src');

/**
 * Runs the tests that lie beside a plane's sources in this one process. The runner gives each file a process of its own, and a hundred
 * of them would spend more time on loading than on testing.
 */
export async function importTests(plane: string): Promise<void> {
  const files = globSync(`${plane}/**/*.test.ts`, { cwd: src }).sort();
  if (files.length === 0) throw new Error(`no tests beside the sources of \`${plane}\``);
  for (const file of files) await import(join(src, file));
}
