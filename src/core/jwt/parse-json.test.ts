import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJson, parseJsonText } from './parse-json.ts';

const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('strict JSON', () => {
  it('is read as JSON.parse reads it, whatever strings hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value);
        assert.deepEqual(parseJsonText(text), { value: JSON.parse(text), strict: true });
      }),
    );
  });

  const taken = [
    '{"a:{[":"\\"]}:,"}',
    '{"\\\\":"\\\\"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '1e-400',
    lists(100),
  ];
  for (const text of taken) {
    it(`takes ${text.slice(0, 40)}`, () => assert.equal(parseJsonText(text)?.strict, true));
  }
});

describe('what no reader takes', () => {
  const refused = [
    '',
    ' ',
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":1}',
    '[{"b":[{"a":1,"a":2}]}]',
    '{"__proto__":1,"__proto__":1}',
    lists(101),
    '1e400',
    '-1e400',
    '[1e400]',
    '"\\ud800"',
    '{"\\udc00":1}',
    '\ufeff{}',
    '{,}',
    '[,]',
    '[1,,]',
    '{"a":1}x',
    '{"a":.5}',
    '{"a":1.}',
    '{"a":+1}',
    '{"a":0x1}',
    '{"a":True}',
    '{a-b:1}',
    '{1:1}',
    '{null:1}',
    '{true:1}',
    '{"a":"\\x41"}',
    '{"a":"\\v"}',
    '{/**/}',
    '{"a":x}',
    "'",
    '{\'a\':1,"a":2}',
    '{"a":1,}{',
    '{a:1,a:2}',
    "['\\ud800',]",
    '[\u00a01]',
    `[${lists(100)},]`,
    '{"a":"\\u12g4",}',
    '"\\ud83d\\Ude00"',
    '"\\U004"',
    '{"a" 1,}',
    "{'a',}",
    '[1 2,]',
    '["\\',
  ];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text).slice(0, 50)}`, () => assert.equal(parseJsonText(text), null));
  }
  it('refuses bytes that are not UTF-8 and takes the replacement character itself', () => {
    assert.equal(parseJson(Buffer.from([0x22, 0xc0, 0x80, 0x22])), null);
    assert.deepEqual(parseJson(Buffer.from('"\ufffd"')), { value: '\ufffd', strict: true });
  });
});

describe("what only Envoy's lenient reader takes", () => {
  const lenient: [text: string, value: unknown][] = [
    ['{"a":1,}', { a: 1 }],
    ['[1,2,]', [1, 2]],
    ["{'a':'b'}", { a: 'b' }],
    ['{a:1, _b2:2, nullx:3}', { a: 1, _b2: 2, nullx: 3 }],
    ['"\t\n\0"', '\t\n\0'],
    ['"it\\\'s"', "it's"],
    ["'\"'", '"'],
    [
      '{"a":[true,false,null,-0.5e+1,"\\u0041\\b\\f\\n\\r\\t\\/\\\\\\""],}',
      { a: [true, false, null, -5, 'A\b\f\n\r\t/\\"'] },
    ],
    ["'\\ud83d\\ude00'", '😀'],
    ['"\\U0041\\Ud83d\\ude00"', 'A😀'],
    ['{a:{},b:[],}', { a: {}, b: [] }],
  ];
  for (const [text, value] of lenient) {
    it(`takes ${JSON.stringify(text)}`, () =>
      assert.deepEqual(parseJsonText(text), { value, strict: false }));
  }
  it('reads `__proto__` as a plain name', () => {
    const parsed = parseJsonText('{"__proto__":1,}');
    assert.deepEqual(Object.entries(parsed?.value as object), [['__proto__', 1]]);
  });
});
