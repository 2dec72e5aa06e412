// Runs every test: test/planes/ brings in those beside the sources. Arguments are patterns that replace the default.
import './require-node.mjs';
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const patterns = process.argv.slice(2);
const files = patterns.length > 0 ? patterns : ['test/**/*.test.ts'];
// The runner would leave one core idle, and two is what the smallest machine has.
const options = [
  '--test',
  '--test-reporter=spec',
  `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`,
];
const result = spawnSync(process.execPath, [...options, ...files], {
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
