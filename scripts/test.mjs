// Runs every test: test/planes/ brings in those beside the sources. Arguments are patterns that replace the default.
import './require-node.mjs';
import { spawnSync } from 'node:child_process';

const patterns = process.argv.slice(2);
const files = patterns.length > 0 ? patterns : ['test/**/*.test.ts'];
const result = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...files], {
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
