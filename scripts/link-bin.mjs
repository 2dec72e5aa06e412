// Makes `npx jotgate` in a checkout run this checkout: npm links the programs of dependencies, but not the root's own.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const program = join(root, 'dist', 'cli', 'main.js');
const link = join(root, 'node_modules', '.bin', 'jotgate');

chmodSync(program, 0o755);
if (process.platform !== 'win32') {
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), program), link);
}
