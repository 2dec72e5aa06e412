import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { envoyFilterKey, nameInBrackets, namesInNestedBrackets } from './condition-key.ts';

const NESTED = [
  { given: '[iss]', want: ['iss'] },
  { given: '[a][b]', want: ['a', 'b'] },
  { given: '[a][]', want: ['a', ''] },
  { given: '[[odd]', want: ['[odd'] },
  { given: '[odd]]', want: ['odd]'] },
  { given: '[a]x[b]', want: ['a]x[b'] },
  { given: '[https://x.test/c]', want: ['https://x.test/c'] },
  { given: 'X[a]', want: null },
  { given: '[a', want: null },
];

describe('names in brackets', () => {
  for (const { given, want } of NESTED) {
    it(`\`${given}\` is ${JSON.stringify(want)}`, () => assert.deepEqual(namesInNestedBrackets(given), want));
  }
  it('a header name keeps the brackets inside', () => assert.equal(nameInBrackets('[a]b]'), 'a]b'));
  it('a name without brackets is none', () => assert.equal(nameInBrackets('X[a]'), null));
  it('a filter key is split at the first bracket', () => {
    assert.deepEqual(envoyFilterKey('experimental.envoy.filters.a.b[c]'), {
      filter: 'envoy.filters.a.b',
      name: 'c',
    });
    assert.equal(envoyFilterKey('experimental.envoy.filters.a'), null);
  });
});
