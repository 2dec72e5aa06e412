import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLeakFinder } from './find-leaks.ts';

const secret = { name: 'planted', text: 'correct/horse+battery' };
const findLeaks = createLeakFinder([secret]);
const FORMS: Readonly<Record<string, string>> = {
  'as it is': secret.text,
  'in part': secret.text.slice(3, 16),
  'as base64': Buffer.from(secret.text).toString('base64'),
  'as base64 inside of a text': Buffer.from(`user:${secret.text}, and more`).toString('base64'),
  'as base64url': Buffer.from(`u:${secret.text}`).toString('base64url'),
  'percent-encoded': encodeURIComponent(secret.text),
  'as hex': Buffer.from(secret.text).toString('hex'),
};

describe('a planted secret is found', () => {
  for (const [name, text] of Object.entries(FORMS)) {
    it(name, () => assert.deepEqual(findLeaks(`before ${text} after`), ['planted']));
  }
  it('and nothing where it is not', () => {
    assert.deepEqual(
      findLeaks(`correct horse battery, ${Buffer.from('correct horse').toString('base64')}`),
      [],
    );
  });
});
