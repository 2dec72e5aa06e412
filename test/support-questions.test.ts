import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runCli } from './fixtures/collecting-io.ts';

/** `UPDATE_GOLDENS=1 node --test test/support-questions.test.ts` writes the outputs anew. */
const updating = process.env['UPDATE_GOLDENS'] === '1';
const root = join(import.meta.dirname, '..');
const page = join(root, 'docs', 'support-questions.md');
const BLOCK = /```\n\$ npx jotgate (.+)\n([\s\S]*?)```/g;

describe('docs/support-questions.md shows what the commands print', () => {
  const cwd = process.cwd();
  before(() => process.chdir(root));
  after(() => process.chdir(cwd));
  const blocks = [...readFileSync(page, 'utf8').matchAll(BLOCK)].map(([, command = '', output = '']) => ({
    command,
    output,
  }));

  it('answers five questions', () => assert.equal(blocks.length, 5));
  for (const { command, output } of blocks) {
    it(command, async () => {
      const { out } = await runCli(command.split(' '));
      if (updating) {
        const text = readFileSync(page, 'utf8');
        writeFileSync(
          page,
          text.replace(`${command}\n${output}\`\`\``, () => `${command}\n${out}\`\`\``),
        );
      } else assert.equal(out, output);
    });
  }
});
