import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runProgram } from '../../../src/cli/program.ts';
import { collectingIo } from './collecting-io.ts';

const seeds = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'seeds');

interface SeedCase {
  file: string;
  flags: string[];
  exitCode: number;
  want: string[];
}

const ARTICLE = ['warning L21 36', 'warning L19 52', 'warning L20 52', 'warning L26 65', 'warning L27 75'];

const cases: SeedCase[] = [
  { file: 'envoy-jwt.yaml', flags: [], exitCode: 0, want: ARTICLE },
  {
    file: 'envoy-jwt.yaml',
    flags: ['--strict'],
    exitCode: 3,
    want: ARTICLE.map((line) => line.replace('warning', 'error')),
  },
  {
    file: 'envoy-jwt-1.40.yaml',
    flags: [],
    exitCode: 3,
    want: [...ARTICLE.slice(0, 4), 'error L25 77'],
  },
  { file: 'envoy-jwt-safe.yaml', flags: [], exitCode: 0, want: [] },
  { file: 'envoy-jwt-safe.yaml', flags: ['--strict'], exitCode: 0, want: [] },
];

interface JsonFinding {
  code: string;
  severity: string;
  line: number;
}

if (existsSync(seeds)) {
  describe('validate says of the seeds’ files what their readers should know', () => {
    for (const { file, flags, exitCode, want } of cases) {
      it(`${file} ${flags.join(' ')}`, async () => {
        const io = collectingIo();
        assert.equal(await runProgram(['validate', '--json', ...flags, join(seeds, file)], io), exitCode);
        const { findings } = JSON.parse(io.printed()) as { findings: JsonFinding[] };
        assert.deepEqual(
          findings.map(({ severity, code, line }) => `${severity} ${code} ${line}`),
          want,
        );
      });
    }
  });
} else {
  process.stderr.write(`no ${seeds}: what validate says of the seeds' files was not tested\n`);
}
