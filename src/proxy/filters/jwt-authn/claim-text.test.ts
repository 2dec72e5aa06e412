import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '../../../core/jwt/index.ts';
import { claimText, findClaim } from './claim-text.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a claim as a header value', () => {
  const table: { name: string; given: JsonValue | undefined; want: string | undefined }[] = [
    { name: 'text as it is', given: ' a ', want: ' a ' },
    { name: 'text beyond ASCII as bytes', given: 'é', want: '\xc3\xa9' },
    { name: 'empty text is no header', given: '', want: undefined },
    { name: 'true', given: true, want: 'true' },
    { name: 'false', given: false, want: 'false' },
    { name: 'zero', given: 0, want: '0' },
    { name: 'minus zero is zero', given: -0, want: '0' },
    { name: 'a whole number', given: 9999, want: '9999' },
    { name: 'a whole number beyond 2^53', given: 1.8e19, want: '18000000000000000000' },
    { name: '2^64 is no integer any more', given: 2 ** 64, want: '18446744073709551616.000000' },
    { name: 'a negative number', given: -5, want: '-5.000000' },
    { name: 'a fraction', given: 1.5, want: '1.500000' },
    { name: 'a negative fraction', given: -1.5, want: '-1.500000' },
    { name: 'a tiny number', given: 1e-7, want: '0.000000' },
    { name: 'a half goes to the even neighbour', given: 0.0078125, want: '0.007812' },
    { name: 'or up, where that is even', given: 0.0234375, want: '0.023438' },
    { name: 'null is no header', given: null, want: undefined },
    { name: 'a missing claim is no header', given: undefined, want: undefined },
    { name: 'a list is base64 of its JSON', given: ['str1', 'str2'], want: base64('["str1","str2"]') },
    { name: 'an object too', given: { a: { b: null } }, want: base64('{"a":{"b":null}}') },
    {
      name: 'some characters are escaped that need not be',
      given: ['<>&/é\u2028\u007f'],
      want: base64('["\\u003c\\u003e&/é\\u2028\\u007f"]'),
    },
    {
      name: 'numbers inside are written as C does',
      given: [1, 1.5, 1e-7, 1e20, 0.1, 1234567890123456, 0.0001, 0.00001],
      want: base64('[1,1.5,1e-07,1e+20,0.1,1234567890123456,0.0001,1e-05]'),
    },
  ];
  for (const { name, given, want } of table) it(name, () => assert.equal(claimText(given), want));
});

describe('the claim at a path', () => {
  const payload = { a: { b: 'x', 'c.d': 'y' }, list: ['z'], text: 'abc' };
  const table: { path: string[]; want: JsonValue | undefined }[] = [
    { path: ['a', 'b'], want: 'x' },
    { path: ['a', 'c.d'], want: 'y' },
    { path: ['list', '0'], want: undefined },
    { path: ['text', 'length'], want: undefined },
    { path: ['a', 'none'], want: undefined },
    { path: ['constructor'], want: undefined },
    { path: ['__proto__'], want: undefined },
  ];
  for (const { path, want } of table)
    it(path.join(' / '), () => assert.equal(findClaim(payload, path), want));
});
