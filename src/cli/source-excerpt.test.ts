import assert from 'node:assert/strict';
import { it } from 'node:test';
import { excerptOf, printable } from './source-excerpt.ts';

it('a long line is cut around the column, and the column moves with it', () => {
  const line = `${'x '.repeat(2500)}HERE${' y'.repeat(2500)}`;
  const { text, column } = excerptOf(line, 5001);
  assert.ok(text.length <= 202);
  assert.equal(text.slice(column - 1, column + 3), 'HERE');
});

it('control characters do not reach the terminal', () => {
  assert.equal(printable('a\u001b[2J\u0007b\tc'), 'a\ufffd[2J\ufffdb\tc');
});
