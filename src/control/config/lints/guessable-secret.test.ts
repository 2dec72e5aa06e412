import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { guessableBy } from './guessable-secret.ts';

describe('an HMAC secret can be guessed', () => {
  const table = [
    { name: 'one byte again and again', given: '\0'.repeat(32), want: 'has 1 different byte' },
    { name: 'a few letters', given: 'AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH', want: 'has 8 different bytes' },
    { name: 'a text twice', given: '0a1b2c3d4e5f6a7b'.repeat(2), want: 'repeats its first 16 bytes' },
    { name: 'the alphabet', given: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`', want: 'counts up or down' },
    { name: 'words', given: 'My-Super-Secret-Key-For-Jwt-2024', want: 'is made of words' },
    { name: 'what a tutorial says', given: 'your-256-bit-secret-your-256-bits', want: 'is made of words' },
    { name: 'a row of keys', given: 'qwertyuiopasdfghjklzxcvbnm0918273', want: 'is made of words' },
    {
      name: 'the key of a published example',
      given: Buffer.from('hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg', 'base64url').toString('latin1'),
      want: 'stands in published documents',
    },
    {
      name: 'a tutorial’s hexadecimal key, taken for base64',
      given: Buffer.from(
        '404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970',
        'base64',
      ).toString('latin1'),
      want: 'stands in published documents',
    },
    { name: 'a word among bytes', given: '\x01\xfe\x80\x13\xb7\x5csecret\xd0\x9a\x33\x0f\xee', want: null },
  ];
  for (const { name, given, want } of table) {
    it(name, () => assert.equal(guessableBy(Buffer.from(given, 'latin1')), want));
  }

  it('for what it repeats to its very end, however long it is', () => {
    const repeated = Buffer.from('0a1b2c3d4e5f6a7b'.repeat(1000));
    assert.equal(guessableBy(repeated), 'repeats its first 16 bytes');
    assert.equal(guessableBy(Buffer.concat([repeated, Buffer.from('!')])), null);
  });

  it('without comparing more than a mebibyte for a secret of any length', (t) => {
    const compared = t.mock.method(Buffer.prototype, 'equals').mock;
    assert.equal(guessableBy(Buffer.concat([Buffer.alloc(30_000), Buffer.from('0918273645')])), null);
    const bytes = compared.calls.reduce(
      (sum: number, call: { this: unknown }) => sum + (call.this as Buffer).length,
      0,
    );
    assert.ok(bytes > 0 && bytes <= 2 ** 20, String(bytes));
  });

  it('and none of a thousand random ones, as bytes, in hexadecimal and in base64', () => {
    for (let i = 0; i < 1000; i++) {
      const digest = createHash('sha256').update(String(i)).digest();
      const texts = [digest, Buffer.from(digest.toString('hex')), Buffer.from(digest.toString('base64'))];
      assert.deepEqual(texts.map(guessableBy), [null, null, null], String(i));
    }
  });
});
