import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

describe('compiled code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jotgate-cache-'));
  after(() => rmSync(folder, { recursive: true }));
  const main = join(import.meta.dirname, 'main.ts');
  const run = (env: Record<string, string>) =>
    spawnSync(process.execPath, [main, 'version'], { env: { PATH: process.env['PATH'], ...env } });

  it("is kept in the user's own folder", () => {
    run({ XDG_CACHE_HOME: folder });
    assert.ok(existsSync(join(folder, 'jotgate', 'compiled')));
  });
  it('is not kept by the demo, which writes nothing outside a temporary folder', () => {
    const untouched = join(folder, 'untouched');
    const env = { PATH: process.env['PATH'], XDG_CACHE_HOME: untouched };
    spawnSync(process.execPath, [main, 'demo', '--help'], { env });
    assert.ok(!existsSync(untouched));
  });
  it('is not kept where that is switched off', () => {
    const off = join(folder, 'off');
    run({ XDG_CACHE_HOME: off, NODE_DISABLE_COMPILE_CACHE: '1' });
    assert.ok(!existsSync(off));
  });
});
