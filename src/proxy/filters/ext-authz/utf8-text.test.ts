import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Text } from './utf8-text.ts';

const bytes = (...list: number[]) => Buffer.from(list).toString('latin1');

describe('bytes that are told to a gRPC service as text', () => {
  const table = [
    { name: 'ASCII stays', given: 'a b', want: 'a b' },
    {
      name: 'characters of two, three and four bytes',
      given: Buffer.from('é€😀').toString('latin1'),
      want: 'é€😀',
    },
    { name: 'a byte that starts none', given: bytes(0x61, 0xff, 0x62), want: 'a!b' },
    { name: 'a character that is cut, by each byte', given: bytes(0xe2, 0x82, 0x41), want: '!!A' },
    { name: 'one written too long', given: bytes(0xc0, 0xaf), want: '!!' },
    { name: 'a surrogate', given: bytes(0xed, 0xa0, 0x80), want: '!!!' },
    { name: 'beyond the last one', given: bytes(0xf4, 0x90, 0x80, 0x80), want: '!!!!' },
    { name: 'a cut one at the end', given: bytes(0x61, 0xf0, 0x9f, 0x98), want: 'a!!!' },
  ];
  for (const { name, given, want } of table) it(name, () => assert.equal(utf8Text(given), want));
});
