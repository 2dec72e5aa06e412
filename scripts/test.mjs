// Runs every test: test/planes/ brings in those beside the sources. Arguments are patterns that replace the default.
import './require-node.mjs';
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const patterns = process.argv.slice(2);
const files = patterns.length > 0 ? patterns : ['test/**/*.test.ts'];
// The runner would leave one core idle, and two is what the smallest machine has.
const options = [
  '--test',
  '--test-reporter=spec',
  `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`,
];
// Hundreds of processes and workers load the same sources: compiled and stripped of their types once.
const cache = join(import.meta.dirname, '../node_modules/.cache/node-compile-cache');
const result = spawnSync(process.execPath, [...options, ...files], {
  stdio: 'inherit',
  env: { NODE_COMPILE_CACHE: cache, ...process.env },
});
process.exit(result.status ?? 1);
