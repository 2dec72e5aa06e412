import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root =
  process.env['CONFORMANCE_DATA'] ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'conformance');

/**
 * The folder of one suite's vectors.
 * @returns null where it is absent, after one line that names what is skipped; with REQUIRE_CONFORMANCE=1 absence is an error.
 */
export function conformanceFolder(name: string): string | null {
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  if (process.env['REQUIRE_CONFORMANCE'] === '1')
    throw new Error(`conformance data \`${name}\` is not in ${root}`);
  process.stdout.write(`skipped: conformance/${name}, its vectors are not at hand\n`);
  return null;
}
