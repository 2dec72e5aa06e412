import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runCli } from './fixtures/collecting-io.ts';

/** `UPDATE_GOLDENS=1 node --test test/shown-outputs.test.ts` writes the outputs anew. */
const updating = process.env['UPDATE_GOLDENS'] === '1';
const root = join(import.meta.dirname, '..');
/** How many outputs each page shows. */
const PAGES: Readonly<Record<string, number>> = {
  'README.md': 3,
  'docs/guides/why.md': 2,
  'docs/support-questions.md': 5,
};
/** A file by a link to it, and what is in it. */
const SHOWN_FILE = /\[`([^`]+)`\]\([^)]+\):\n\n```\w+\n([\s\S]*?)```/g;
const BLOCK = /```\n\$ npx jotgate (.+)\n([\s\S]*?)```/g;

/** What a shell would print: patterns are files by name, `| head -N` leaves the first lines. */
async function shown(line: string): Promise<string> {
  const [command = '', lines] = line.split(' | head -');
  const words = command.split(' ').flatMap((word) => (word.includes('*') ? globSync(word).sort() : [word]));
  const { out } = await runCli(words);
  return lines === undefined ? out : `${out.split('\n').slice(0, Number(lines)).join('\n')}\n`;
}

for (const [name, count] of Object.entries(PAGES)) {
  describe(`${name} shows what the commands print`, () => {
    const page = join(root, name);
    const cwd = process.cwd();
    before(() => process.chdir(root));
    after(() => process.chdir(cwd));
    const blocks = [...readFileSync(page, 'utf8').matchAll(BLOCK)].map(([, line = '', output = '']) => ({
      line,
      output,
    }));

    it(`${count} times`, () => assert.equal(blocks.length, count));
    for (const { line, output } of blocks) {
      it(line, async () => {
        const out = await shown(line);
        if (!updating) return assert.equal(out, output);
        const text = readFileSync(page, 'utf8');
        writeFileSync(
          page,
          text.replace(`${line}\n${output}\`\`\``, () => `${line}\n${out}\`\`\``),
        );
      });
    }
  });
}

describe('a file that a page shows', () => {
  const shownFiles = Object.keys(PAGES).flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(SHOWN_FILE)].map(([, file = '', text = '']) => ({
      page,
      file,
      text,
    })),
  );
  it('is there once', () => assert.equal(shownFiles.length, 1));
  for (const { page, file, text } of shownFiles) {
    it(`is what lies there: ${file} in ${page}`, () =>
      assert.equal(text, readFileSync(join(root, file), 'utf8')));
  }
});
