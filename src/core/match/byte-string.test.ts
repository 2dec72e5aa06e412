import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toByteString, toText } from './byte-string.ts';

describe('bytes as a text', () => {
  const table = [
    { name: 'ASCII', given: 'a b', want: 'a b' },
    { name: 'UTF-8', given: '\xc3\xa9\xf0\x9f\x98\x80', want: 'é😀' },
    { name: 'the replacement character itself', given: '\xef\xbf\xbd', want: '\ufffd' },
    { name: 'a byte that is part of no character', given: 'a\xffb', want: 'a\udcffb' },
    { name: 'each byte of a character that is cut off', given: '\xe2\x82a', want: '\udce2\udc82a' },
    { name: 'what is beside such bytes', given: '\xf0\x9f\x98\x80\x80\xc3\xa9', want: '😀\udc80é' },
    { name: 'a surrogate spelt in UTF-8', given: '\xed\xb3\xbf', want: '\udced\udcb3\udcbf' },
    {
      name: 'a character spelt too long',
      given: '\xc0\xaf\xe0\x80\xaf',
      want: '\udcc0\udcaf\udce0\udc80\udcaf',
    },
  ];
  for (const { name, given, want } of table) {
    it(`${name}, and back`, () => {
      assert.equal(toText(given), want);
      assert.equal(toByteString(want), given);
    });
  }
});
