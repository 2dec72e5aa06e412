import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCli } from './fixtures/collecting-io.ts';
import { findEnvoy, validateWithEnvoy } from './oracle/envoy-process.ts';

const folder = join(import.meta.dirname, '..', 'examples', '05-rate-limit-per-user');
const config = join(folder, 'envoy-rate-limit.yaml');

describe('examples/05-rate-limit-per-user', () => {
  it('limits each user as its table says', async () => {
    const { exitCode, out } = await runCli(['test', join(folder, 'rate-limit.test.yaml')]);
    assert.equal(exitCode, 0, out);
    assert.match(out, /9 passed, 0 failed/);
  });

  it('is a configuration without a finding', async () => {
    const { exitCode, out, err } = await runCli(['validate', config]);
    assert.equal(exitCode, 0);
    assert.doesNotMatch(out + err, /warning|error/);
  });

  if (findEnvoy() !== null) {
    it('is a configuration that Envoy takes', () => {
      const { ok, output } = validateWithEnvoy(readFileSync(config, 'utf8'));
      assert.ok(ok, output);
    });
  }
});
