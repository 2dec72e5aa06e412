import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { runProgram } from '../../../src/cli/program.ts';
import { findEnvoy, validateWithEnvoy } from '../../oracle/envoy-process.ts';
import { collectingIo } from './collecting-io.ts';

const folder = join(import.meta.dirname, '..', '..', 'golden', 'broken-configs');
const rows = readFileSync(join(folder, 'expected.txt'), 'utf8').trim().split('\n');
const copies = readdirSync(folder).filter((name) => /^\d+.*\.yaml$/.test(name));

interface JsonFinding {
  code: string;
  severity: string;
  file: string;
  line: number;
  column: number;
  envoy: string;
}

const expectedOf = (copy: string) =>
  rows
    .map((row) => row.split(/\s+/))
    .filter(([file]) => file === copy)
    .map(([file, code, place]) => `${code} ${file}:${place}`);

/** Every finding of error level, none left out. */
async function validate(copy: string): Promise<{ exitCode: number; errors: JsonFinding[] }> {
  const io = collectingIo();
  const exitCode = await runProgram(['validate', '--json', join(folder, copy)], io);
  const { findings } = JSON.parse(io.printed()) as { findings: JsonFinding[] };
  return { exitCode, errors: findings.filter(({ severity }) => severity === 'error') };
}

const placeOf = ({ code, file, line, column }: JsonFinding) => `${code} ${basename(file)}:${line}:${column}`;

describe('each broken copy of the first seed’s file is refused at the exact place', () => {
  it('every row of the table has its file', () => {
    assert.deepEqual([...new Set(rows.map((row) => row.split(/\s+/)[0]))].sort(), copies.sort());
    assert.ok(copies.length >= 20);
  });
  it('the file that the copies are made of has no error', async () => {
    assert.deepEqual(await validate('sound.yaml'), { exitCode: 0, errors: [] });
  });
  for (const copy of copies) {
    it(copy, async () => {
      const { exitCode, errors } = await validate(copy);
      assert.equal(exitCode, 3);
      assert.deepEqual(errors.map(placeOf), expectedOf(copy));
      assert.ok(errors.every(({ envoy }) => envoy === 'refuses'));
    });
  }
});

if (findEnvoy() !== null) {
  describe('the real Envoy refuses each broken copy too, and takes the sound one', () => {
    it('sound.yaml', () => assert.ok(validateWithEnvoy(readFileSync(join(folder, 'sound.yaml'), 'utf8')).ok));
    for (const copy of copies) {
      it(copy, () => assert.ok(!validateWithEnvoy(readFileSync(join(folder, copy), 'utf8')).ok));
    }
  });
}
