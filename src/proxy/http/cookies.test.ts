import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { firstCookie } from './cookies.ts';

const headersOf = (...lines: string[]) => ({ names: lines.map(() => 'cookie'), values: lines });

describe('the first cookie of a name', () => {
  const table: { name: string; given: string[]; want: string | undefined }[] = [
    { name: 'is found among others', given: ['a=1; c=2;b=3'], want: '2' },
    { name: 'is that of the first line that has one', given: ['a=1', 'c=2', 'c=3'], want: '2' },
    { name: 'is the first of its line', given: ['c=;c=2'], want: '' },
    { name: 'loses its quotes', given: ['c="2"'], want: '2' },
    { name: 'needs an equals sign', given: ['c; c =2'], want: undefined },
    { name: 'has no blank but in front of its name', given: ['  c= 2 '], want: ' 2 ' },
  ];
  for (const { name, given, want } of table)
    it(name, () => assert.equal(firstCookie(headersOf(...given), 'c'), want));

  it('is read of a line once, however often it is asked for', (t) => {
    const split = t.mock.method(String.prototype, 'split');
    const headers = headersOf('a=1; c=2');
    for (let i = 0; i < 100; i++) assert.equal(firstCookie(headers, 'c'), '2');
    assert.equal(split.mock.callCount(), 1);
  });

  it('is another one once the line is', () => {
    const headers = headersOf('c=1', 'd=1');
    assert.equal(firstCookie(headers, 'c'), '1');
    headers.values[0] = 'c=2';
    assert.equal(firstCookie(headers, 'c'), '2');
    headers.values.splice(0, 1);
    headers.names.splice(0, 1);
    assert.equal(firstCookie(headers, 'c'), undefined);
  });
});
