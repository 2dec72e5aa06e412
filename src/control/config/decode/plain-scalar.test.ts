import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JsonScalar, jsonScalarOf } from './plain-scalar.ts';

const at = { file: 'f', line: 1, column: 1, length: 1 };
const bool = (value: boolean): JsonScalar => ({ kind: 'bool', value });
const number = (text: string): JsonScalar => ({ kind: 'number', text });
const string = (text: string): JsonScalar => ({ kind: 'string', text });
const nothing: JsonScalar = { kind: 'null' };

const cases: { given: string; want: JsonScalar }[] = [
  ...['', '~', 'null', 'Null', 'NULL'].map((given) => ({ given, want: nothing })),
  ...['nULL', 'nil', 'none'].map((given) => ({ given, want: string(given) })),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'on', 'ON'].map((given) => ({ given, want: bool(true) })),
  ...['n', 'N', 'no', 'false', 'False', 'off'].map((given) => ({ given, want: bool(false) })),
  ...['yEs', 'tRUE', 'yess', 'o'].map((given) => ({ given, want: string(given) })),
  { given: '0', want: number('0') },
  { given: '-5', want: number('-5') },
  { given: '+5', want: number('5') },
  { given: '0x1F', want: number('31') },
  { given: '-0x10', want: number('-16') },
  { given: '010', want: number('8') },
  { given: '08', want: string('08') },
  { given: '2147483647', want: number('2147483647') },
  { given: '2147483648', want: string('2147483648') },
  { given: '-2147483649', want: string('-2147483649') },
  { given: '9223372036854775808', want: string('9223372036854775808') },
  { given: '1.5', want: string('1.5') },
  { given: '1e3', want: string('1e3') },
  { given: '1_000', want: string('1_000') },
  { given: '.inf', want: string('.inf') },
];

describe('an unquoted YAML scalar becomes what yaml-cpp makes of it', () => {
  for (const { given, want } of cases) {
    it(`\`${given}\``, () =>
      assert.deepEqual(jsonScalarOf({ kind: 'scalar', text: given, plain: true, at }), want));
  }
  it('quoted text stays a string', () => {
    for (const text of ['', 'yes', '5', 'null'])
      assert.deepEqual(jsonScalarOf({ kind: 'scalar', text, plain: false, at }), string(text));
  });
});

describe('a literal of JSON is what JSON says', () => {
  const cases: [string, JsonScalar][] = [
    ['null', nothing],
    ['true', bool(true)],
    ['1.5', number('1.5')],
    ['1e3', number('1e3')],
  ];
  for (const [text, want] of cases) {
    it(text, () =>
      assert.deepEqual(jsonScalarOf({ kind: 'scalar', text, plain: true, json: true, at }), want),
    );
  }
});
