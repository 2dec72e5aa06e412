import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseForm } from './parse-form.ts';

const FORM = 'application/x-www-form-urlencoded';

const CASES = [
  { name: 'fields with escapes and blanks', body: 'a=1+2&b=%C3%A9&c', want: { a: '1 2', b: 'é', c: '' } },
  { name: 'a type with parameters', type: `${FORM}; charset=UTF-8`, body: 'a=1', want: { a: '1' } },
  { name: 'a type in other case', type: FORM.toUpperCase(), body: 'a=1', want: { a: '1' } },
  { name: 'another type is an empty form', type: 'application/json', body: 'a=1', want: {} },
  { name: 'a longer type is another type', type: `${FORM}2`, body: 'a=1', want: {} },
  { name: 'no type is an empty form', type: undefined, body: 'a=1', want: {} },
  { name: 'one broken escape empties the form', body: 'a=1&b=%zz', want: {} },
  { name: 'bytes that are no UTF-8 empty the form', body: 'a=1&b=%ff', want: {} },
  { name: 'empty pairs do not count', body: '&&a=1&', want: { a: '1' } },
  { name: 'of two values the first counts', body: 'a=1&a=2', want: { a: '1' }, twice: true },
  { name: 'an empty value is a value', body: 'a=&a=', want: { a: '' }, twice: true },
  { name: 'a value may hold =', body: 'a=b=c', want: { a: 'b=c' } },
  { name: 'names from the prototype are names', body: '__proto__=1', want: JSON.parse('{"__proto__":"1"}') },
];

describe('forms', () => {
  for (const { name, body, want, twice = false, ...rest } of CASES) {
    it(name, () => {
      const form = parseForm('type' in rest ? rest.type : FORM, Buffer.from(body));
      assert.deepEqual(Object.fromEntries(form.fields), want);
      assert.equal(form.hasDuplicates, twice);
    });
  }
});
