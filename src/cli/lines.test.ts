import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitLines } from './lines.ts';

async function* pieces(...texts: string[]) {
  yield* texts;
}

async function linesOf(texts: string[], lengthMax = 8): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(pieces(...texts), lengthMax)) lines.push(line);
  return lines;
}

describe('lines out of pieces', () => {
  const cases: { name: string; given: string[]; want: string[] }[] = [
    { name: 'are ended by LF', given: ['a\nb\n'], want: ['a', 'b'] },
    { name: 'may be empty', given: ['\n\na\n', '\n'], want: ['', '', 'a', ''] },
    { name: 'need no LF at the end', given: ['a\nb'], want: ['a', 'b'] },
    { name: 'keep their CR', given: ['a\r\nb\r', '\n'], want: ['a\r', 'b\r'] },
    { name: 'are put together', given: ['a', '', 'b', 'c\nd', 'e', '\n'], want: ['abc', 'de'] },
    { name: 'are none in nothing', given: ['', ''], want: [] },
    { name: 'may be as long as allowed', given: ['1234', '5678\n', 'a\n'], want: ['12345678', 'a'] },
    { name: 'are cut beyond that', given: ['1234', '567890\na\n'], want: ['123456789', 'a'] },
    {
      name: 'are cut in the middle of pieces',
      given: ['12345678', '9', 'ab', 'c', '\na'],
      want: ['123456789', 'a'],
    },
    { name: 'are cut without an end', given: ['1234567890', '1234'], want: ['123456789'] },
  ];
  for (const { name, given, want } of cases) {
    it(name, async () => {
      assert.deepEqual(await linesOf(given), want);
      assert.deepEqual(await linesOf([...given.join('')]), want, 'character by character');
    });
  }

  it('are given before the next piece is asked for, and a line without an end is given too', async () => {
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked++;
        yield 'x'.repeat(10);
      }
    }
    for await (const line of splitLines(endless(), 95)) {
      assert.deepEqual([line.length, asked], [96, 10]);
      return;
    }
  });
});
