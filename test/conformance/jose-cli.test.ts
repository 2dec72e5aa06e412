import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { judgeJws } from '../../src/cli/commands/jws.ts';
import { parseJwks, STATUS, statusText } from '../../src/core/jwt/index.ts';
import { nodeCrypto } from '../../src/platform/index.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { conformanceFolder } from './conformance-data.ts';
import { readWycheproof } from './jose-vectors.ts';

const folder = conformanceFolder('jose');
const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

describe('Wycheproof through the command line', { skip: folder === null }, () => {
  const { path: scratch } = temporaryFolder();
  const cases = folder === null ? [] : readWycheproof(folder, 'json_web_signature_test.json');
  const groups = Map.groupBy(cases, ({ jwks }) => JSON.stringify(jwks));

  for (const [jwks, group] of groups) {
    const first = group[0]?.tcId;
    it(`a line for each of the ${group.length} cases from ${first} on`, () => {
      const file = join(scratch, `${first}.json`);
      writeFileSync(file, jwks);
      const run = spawnSync(process.execPath, [main, 'jws', 'verify', '--jwks', file, '-'], {
        input: group.map(({ jws }) => `${jws}\n`).join(''),
        encoding: 'utf8',
      });
      const keySet = parseJwks(jwks, nodeCrypto, 'refuse');
      const wanted = group.map(({ jws }) => judgeJws(jws, keySet));
      const lines = wanted.map((status) =>
        status === STATUS.ok ? 'valid' : `invalid: ${statusText(status)}`,
      );
      assert.deepEqual(run.stdout.trimEnd().split('\n'), lines);
      assert.equal(run.status, wanted.every((status) => status === STATUS.ok) ? 0 : 5);
    });
  }
});
