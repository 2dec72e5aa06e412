import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClaimSet } from './claim-set.ts';
import { parseClaimPath, parseClaimValue } from './claim-value.ts';

describe('claims in the making', () => {
  it('come out in the order asked for, the rest as they came', () => {
    const claims = new ClaimSet();
    claims.set('z', 1);
    claims.set('b', 2);
    claims.set('a', undefined);
    claims.set('c', 3);
    assert.equal(claims.render(['a', 'c', 'b']), '{"c":3,"b":2,"z":1}');
  });

  it('nest by path and keep what is beside it', () => {
    const claims = new ClaimSet();
    claims.setAt(['x', 'y'], 1);
    claims.setAt(['x', 'z', 'w'], [2]);
    claims.setAt(['x', 'y', 'v'], 3);
    claims.setAt([], 4);
    assert.equal(claims.render([]), '{"x":{"z":{"w":[2]},"y":{"v":3}}}');
  });

  it('are plain members whatever their names are', () => {
    const claims = new ClaimSet();
    claims.setAt(['__proto__', '__proto__'], 'x');
    assert.equal(claims.render([]), '{"__proto__":{"__proto__":"x"}}');
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });

  it('have one audience as a text, several as a list, each once', () => {
    const claims = new ClaimSet();
    claims.addAudience('a');
    claims.addAudience('a');
    assert.equal(claims.get('aud'), 'a');
    claims.addAudience('b');
    assert.deepEqual(claims.get('aud'), ['a', 'b']);
  });
});

describe('what mappers read', () => {
  for (const [text, want] of [
    ['a', ['a']],
    ['a.b.c', ['a', 'b', 'c']],
    ['a\\.b.c', ['a.b', 'c']],
    ['', []],
    ['.a.', ['a']],
  ] as const) {
    it(`takes \`${text}\` for the path ${JSON.stringify(want)}`, () => {
      assert.deepEqual(parseClaimPath(text), want);
    });
  }

  for (const { text, type, want } of [
    { text: '7', type: 'int', want: 7 },
    { text: '-7', type: 'long', want: -7 },
    { text: '7x', type: 'int', want: undefined },
    { text: 'TRUE', type: 'boolean', want: true },
    { text: 'no', type: 'boolean', want: false },
    { text: '{"a":[1]}', type: 'JSON', want: { a: [1] } },
    { text: '{', type: 'JSON', want: undefined },
    { text: '7', type: 'String', want: '7' },
    { text: '7', type: undefined, want: '7' },
  ]) {
    it(`reads \`${text}\` as ${type ?? 'text'}`, () => {
      assert.deepEqual(parseClaimValue(text, type), want);
    });
  }
});
