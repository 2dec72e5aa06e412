import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import { Doorkeeper } from './doorkeeper.ts';

it('a token is known the second time', () => {
  const doorkeeper = new Doorkeeper();
  assert.deepEqual(
    ['h.p.signature-one', 'h.p.signature-two', 'h.p.signature-one', 'h.p.signature-two'].map((text) =>
      doorkeeper.knows(text),
    ),
    [false, false, true, true],
  );
});

it('of many different tokens hardly one is taken for another', () => {
  const doorkeeper = new Doorkeeper();
  let wrong = 0;
  for (let i = 0; i < 100_000; i++) {
    if (doorkeeper.knows(`h.p.${createHash('sha256').update(String(i)).digest('base64url')}`)) wrong++;
  }
  assert.ok(wrong < 10, `${wrong} wrong guesses`);
});

it('a text shorter than a signature is no trouble', () => {
  assert.equal(new Doorkeeper().knows(''), false);
});
