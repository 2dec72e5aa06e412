import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList } from './header-list.ts';
import { addRequestLine, addResponseLine, joinLines } from './join-lines.ts';

describe('repeated lines of a header that is joined', () => {
  const table: { name: string; given: [string, string]; want: string }[] = [
    { name: 'two values get a comma', given: ['a', 'b'], want: 'a,b' },
    { name: 'an empty line behind leaves none', given: ['a', ''], want: 'a' },
    { name: 'an empty line in front leaves none', given: ['', 'b'], want: 'b' },
    { name: 'two empty lines are empty', given: ['', ''], want: '' },
  ];
  for (const { name, given, want } of table) {
    it(name, () => assert.equal(joinLines(...given), want));
  }
});

describe('adding a line to a request', () => {
  it('makes one of two where the codec would have joined them, and two of others', () => {
    const headers = new HeaderList();
    for (const [name, value] of [
      ['accept', 'a'],
      ['accept', 'b'],
      ['x-a', 'a'],
      ['x-a', 'b'],
    ] as const)
      addRequestLine(headers, name, value);
    assert.deepEqual(headers.values, ['a,b', 'a', 'b']);
  });

  const unseen = ['x-envoy-internal', 'x-envoy-retry-on', 'x-forwarded-client-cert', 'keep-alive', 'expect'];
  for (const name of unseen) {
    it(`makes one of two lines that no client gets through: ${name}`, () => {
      const headers = new HeaderList();
      addRequestLine(headers, name, 'a');
      addRequestLine(headers, name, 'b');
      assert.deepEqual(headers.values, ['a,b']);
    });
  }
});

describe('adding a line to a response', () => {
  it('makes one of two of the headers that Envoy has once', () => {
    const headers = new HeaderList();
    for (const [name, value] of [
      ['content-type', 'a'],
      ['content-type', 'b'],
      ['accept', 'a'],
      ['accept', 'b'],
    ] as const)
      addResponseLine(headers, name, value);
    assert.deepEqual(headers.values, ['a,b', 'a', 'b']);
  });
});
