import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const root = join(import.meta.dirname, '..');
const { path: folder } = temporaryFolder();

/** Loaded first, it makes the process say that it is an older Node. */
const preload = join(folder, 'old.mjs');
writeFileSync(
  preload,
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });\n",
);

const run = (file: string, old: boolean) =>
  spawnSync(
    process.execPath,
    [...(old ? ['--import', pathToFileURL(preload).href] : []), join(root, file), 'version'],
    {
      encoding: 'utf8',
    },
  );

describe('an old Node', () => {
  for (const file of ['scripts/require-node.mjs', 'src/cli/main.ts']) {
    it(`is told which one is needed and how to get it, not a stack: ${file}`, () => {
      const { status, stderr, stdout } = run(file, true);
      assert.equal(status, 2);
      assert.match(
        stderr,
        /^jotgate needs Node 24 or newer, and this is Node 20\.20\.2\. [^\n]*`npm ci`[^\n]*\n$/,
      );
      assert.equal(stdout, '');
    });
  }

  it('is asked about before anything else by `npm start` and `npm ci`', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { start, prepare } = scripts as Record<'start' | 'prepare', string>;
    for (const script of [start, prepare]) assert.match(script, /^node scripts\/require-node\.mjs && /);
  });
});

describe('a Node that will do', () => {
  it('is let pass without a word', () => {
    const { status, stderr, stdout } = run('scripts/require-node.mjs', false);
    assert.deepEqual([status, stderr, stdout], [0, '', '']);
  });
});

describe('a checkout that has not been set up', () => {
  const checkout = join(folder, 'checkout');
  mkdirSync(join(checkout, 'scripts'), { recursive: true });
  copyFileSync(join(root, 'scripts/require-node.mjs'), join(checkout, 'scripts/require-node.mjs'));
  for (const event of ['start', 'test']) {
    it(`is told so by \`npm ${event}\`, not by a stack`, () => {
      const env = { ...process.env, npm_lifecycle_event: event };
      const script = join(checkout, 'scripts/require-node.mjs');
      const { status, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
      assert.equal(status, 2);
      assert.match(stderr, /^This checkout has not been set up yet: run `npm ci`[^\n]*\n$/);
    });
  }
  it('may be set up', () => {
    const env = { ...process.env, npm_lifecycle_event: 'prepare' };
    const script = join(checkout, 'scripts/require-node.mjs');
    assert.equal(spawnSync(process.execPath, [script], { env }).status, 0);
  });
});
