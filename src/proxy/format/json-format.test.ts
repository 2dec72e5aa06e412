import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { formatSource } from '../../../test/fixtures/format-source.ts';
import { compileJsonFormat } from './json-format.ts';

/** As Envoy 1.40 writes them. */
const table: { name: string; given: JsonObject; want: string; omits?: true }[] = [
  { name: 'sorts keys', given: { b: 'x', a: 'y' }, want: '{"a":"y","b":"x"}' },
  { name: 'keeps numbers', given: { a: '%RESPONSE_CODE%', b: 5 }, want: '{"a":200,"b":5}' },
  { name: 'makes text of a mixture', given: { a: 'x %RESPONSE_CODE% %REQ(none)%' }, want: '{"a":"x 200 -"}' },
  { name: 'has null for what is absent', given: { a: '%REQ(none)%' }, want: '{"a":null}' },
  { name: 'keeps lists of metadata', given: { a: '%DYNAMIC_METADATA(ns:l)%' }, want: '{"a":[1,"a"]}' },
  {
    name: 'cuts nothing but text',
    given: { a: '%DYNAMIC_METADATA(ns:l):3%', b: '%DYNAMIC_METADATA(ns:s):3%' },
    want: '{"a":[1,"a"],"b":"tex"}',
  },
  {
    name: 'keeps filter state a text, whole but for what is PLAIN',
    given: { a: '%FILTER_STATE(k)%', b: '%FILTER_STATE(k):3%', c: '%FILTER_STATE(k:PLAIN):3%' },
    want: '{"a":"state","b":"state","c":"sta"}',
  },
  {
    name: 'nests',
    given: { o: { a: '%PROTOCOL%' }, l: ['%PROTOCOL%', 'b'] },
    want: '{"l":["HTTP/1.1","b"],"o":{"a":"HTTP/1.1"}}',
  },
  {
    name: 'escapes bytes that are no UTF-8',
    given: { a: '%REQ(x-bin)%' },
    want: '{"a":"a\\u00e9\\u0022\\u005cb"}',
  },
  {
    name: 'escapes of a mixture only what is no UTF-8',
    given: { a: 'é"%REQ(x-bin)%"%REQ(x-utf8)%' },
    want: '{"a":"\xc3\xa9\\"a\\u00e9\\u0022\\u005cb\\"\xc3\xa9"}',
  },
  { name: 'keeps UTF-8', given: { a: 'é"\n' }, want: '{"a":"\xc3\xa9\\"\\n"}' },
  {
    name: 'omits what is absent',
    given: {
      a: '%REQ(none)%',
      m: 'x%REQ(none)%',
      o: { a: '%REQ(none)%' },
      n: null,
      l: ['%REQ(none)%', 'a'],
      e: '',
    },
    want: '{"e":"","l":["a"],"m":"x"}',
    omits: true,
  },
];

describe('a format of JSON', () => {
  for (const { name, given, want, omits = false } of table) {
    it(name, () => {
      const compiled = compileJsonFormat(given, omits);
      assert.ok('format' in compiled);
      const source = { ...formatSource(), filterStateIfAny: new Map([['k', 'state']]) };
      source.request.headers.append('x-bin', 'a\xe9"\\b');
      source.request.headers.append('x-utf8', '\xc3\xa9');
      assert.equal(compiled.format.render(source), `${want}\n`);
    });
  }

  for (const given of [{ a: '%BOGUS%' }, { a: { b: '%' } }, { a: ['x%BOGUS%'] }]) {
    it(`${JSON.stringify(given)} is refused`, () => assert.ok('refusal' in compileJsonFormat(given, false)));
  }
});
