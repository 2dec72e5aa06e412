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
    { name: 'a word among bytes', given: '\x01\xfe\x80\x13\xb7\x5csecret\xd0\x9a\x33\x0f\xee', want: null },
  ];
  for (const { name, given, want } of table) {
    it(name, () => assert.equal(guessableBy(Buffer.from(given, 'latin1')), want));
  }

  it('and none of a thousand random ones, as bytes, in hexadecimal and in base64', () => {
    for (let i = 0; i < 1000; i++) {
      const digest = createHash('sha256').update(String(i)).digest();
      const texts = [digest, Buffer.from(digest.toString('hex')), Buffer.from(digest.toString('base64'))];
      assert.deepEqual(texts.map(guessableBy), [null, null, null], String(i));
    }
  });
});
