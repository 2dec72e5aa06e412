// Runs every test file: those beside the sources, and test/. Arguments are patterns that replace the defaults.
import './require-node.mjs';
import { spawnSync } from 'node:child_process';

const patterns = process.argv.slice(2);
const files = patterns.length > 0 ? patterns : ['src/**/*.test.ts', 'test/**/*.test.ts'];
const result = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...files], {
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
