import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  block,
  bool,
  call,
  constant,
  contextOf,
  id,
  int,
  list,
  message,
  on,
  select,
  struct,
  text,
} from '../../../test/fixtures/cel-expression.ts';
import { compileExpression } from './compile-expression.ts';
import type { ExpressionConfig } from './expression-config.ts';

/** One operand too many, in every place that a member is asked for. */
const INDEXED_TWICE = [
  { index: call('_[_]', select(id('request'), 'headers'), text('a'), text('b')), name: 'three operands' },
  {
    index: on(select(id('request'), 'headers'), '_[_]', text('a'), text('b')),
    name: 'a target and two operands',
  },
].flatMap(({ index, name }) => [
  { name: `an index of ${name}`, given: index },
  { name: `a member of an index of ${name}`, given: select(index, 'k') },
  { name: `a question for a member of an index of ${name}`, given: select(index, 'k', true) },
  { name: `an index of an index of ${name}`, given: call('_[_]', index, text('k')) },
  { name: `a key in a member of an index of ${name}`, given: call('@in', text('k'), select(index, 'k')) },
]);

describe('a CEL expression', () => {
  const refusals: { name: string; given: ExpressionConfig; want: string; envoy: string | undefined }[] = [
    {
      name: 'a message that only Envoy knows',
      given: message('google.protobuf.Any'),
      want: 'the message `google.protobuf.Any` in',
      envoy: 'accepts',
    },
    {
      name: 'a message that nobody knows',
      given: message('nope.Nope'),
      want: 'the message `nope.Nope` in',
      envoy: 'refuses',
    },
    {
      name: 'a well-known message without its package',
      given: message('Duration'),
      want: 'the message `Duration` in',
      envoy: 'refuses',
    },
    {
      name: 'a well-known message that there is not',
      given: message('google.protobuf.Nope'),
      want: 'the message `google.protobuf.Nope` in',
      envoy: 'refuses',
    },
    {
      name: 'a field that a message has not',
      given: message('google.protobuf.Duration', ['nope', int(1n)]),
      want: 'the field `nope` of `google.protobuf.Duration` in',
      envoy: 'refuses',
    },
    {
      name: 'a field that every object has',
      given: message('google.protobuf.Duration', ['constructor', int(1n)]),
      want: 'the field `constructor` of',
      envoy: 'refuses',
    },
    {
      name: 'a field without a name',
      given: message('google.protobuf.Duration', ['', int(1n)]),
      want: 'a field without a name in',
      envoy: 'refuses',
    },
    {
      name: 'a field without a value',
      given: message('google.protobuf.Duration', ['seconds', undefined]),
      want: 'a field without a value in',
      envoy: 'refuses',
    },
    {
      name: 'a map entry in a message',
      given: struct('google.protobuf.Duration', [
        { keyKind: { case: 'mapKey', value: text('seconds') }, value: int(1n) },
      ]),
      want: 'a map entry in a message in',
      envoy: 'refuses',
    },
    {
      name: 'a field in a map',
      given: struct('', [{ keyKind: { case: 'fieldKey', value: 'a' }, value: int(1n) }]),
      want: 'a field in a map in',
      envoy: 'refuses',
    },
    ...[
      { name: 'of no list', given: call('cel.@block', bool(true), bool(true)) },
      { name: 'without a body', given: call('cel.@block', list()) },
      { name: 'with two', given: call('cel.@block', list(), bool(true), bool(true)) },
      { name: 'twice', given: call('_&&_', block(bool(true)), block(bool(true))) },
      { name: 'within another', given: call('cel.@block', list(block(bool(true))), bool(true)) },
    ].map(({ name, given }) => ({
      name: `a block ${name}`,
      given,
      want: 'such a `cel.@block` in',
      envoy: 'refuses',
    })),
    {
      name: 'a part of a block that comes later',
      given: call('cel.@block', list(id('@index1'), bool(true)), id('@index0')),
      want: '`@index1` in',
      envoy: 'refuses',
    },
    { name: 'a function that nobody has', given: call('nope'), want: '`nope` in', envoy: 'refuses' },
    {
      name: 'a function in the wrong style',
      given: on(text('1'), 'int'),
      want: '`int` in',
      envoy: 'refuses',
    },
    {
      name: 'a text function that is not allowed',
      given: on(text('A'), 'lowerAscii'),
      want: '`lowerAscii` in',
      envoy: 'refuses',
    },
    {
      name: 'a constant of nothing',
      given: constant({ case: undefined }),
      want: 'a constant without a value in',
      envoy: 'refuses',
    },
    {
      name: 'a bad pattern',
      given: call('matches', text(''), text('(')),
      want: 'bad regular expression `(`: missing ): (',
      envoy: undefined,
    },
    {
      name: 'a large pattern',
      given: call('matches', text(''), text('[^/]{13}')),
      want: 'its program has 108 instructions',
      envoy: undefined,
    },
    ...['a\\C', '(?P<n>a)(?P<n>b)', '(?P<n>a)(?<n>b)'].map((pattern) => ({
      name: `a pattern that the engine does not know: ${pattern}`,
      given: call('matches', text(''), text(pattern)),
      want: `the pattern \`${pattern}\` in`,
      envoy: 'accepts',
    })),
    { name: 'no name', given: id(''), want: 'without a name in', envoy: 'refuses' },
    { name: 'no member', given: select(id('request'), ''), want: 'without a name in', envoy: 'refuses' },
    {
      name: 'a member of nothing',
      given: { exprKind: { case: 'selectExpr', value: { operand: undefined, field: 'a', testOnly: false } } },
      want: 'of nothing in',
      envoy: 'refuses',
    },
    ...INDEXED_TWICE.map(({ name, given }) => ({ name, given, want: '`_[_]` in', envoy: 'refuses' })),
    {
      name: 'an entry without a key',
      given: {
        exprKind: {
          case: 'structExpr',
          value: { messageName: '', entries: [{ keyKind: { case: undefined }, value: text('a') }] },
        },
      },
      want: 'without a key in',
      envoy: 'refuses',
    },
    {
      name: 'a key without a value',
      given: {
        exprKind: {
          case: 'structExpr',
          value: {
            messageName: '',
            entries: [{ keyKind: { case: 'mapKey', value: text('a') }, value: undefined }],
          },
        },
      },
      want: 'without a value in',
      envoy: 'refuses',
    },
    {
      name: 'a macro',
      given: { exprKind: { case: 'comprehensionExpr', value: {} } },
      want: 'a macro over a list in',
      envoy: 'refuses',
    },
  ];
  for (const { name, given, want, envoy } of refusals) {
    it(`is refused by name: ${name}`, () => {
      const said: [string, string | undefined][] = [];
      const refuse = (message: string, _about: object, _field?: string, does?: string) =>
        void said.push([message, does]);
      assert.equal(compileExpression(given, contextOf(refuse)), null);
      assert.equal(said.length, 1);
      const [message = ''] = said[0] ?? [];
      assert.ok(message.includes(want), message);
      assert.equal(said[0]?.[1], envoy);
    });
  }

  it('is compiled in time that grows with it, whatever is in what', () => {
    let looks = 0;
    const leaf: ExpressionConfig = {
      get exprKind() {
        looks++;
        return id('request').exprKind;
      },
    };
    let given: ExpressionConfig = leaf;
    for (let depth = 0; depth < 10; depth++) given = call('@in', text('a'), given);
    assert.ok(compileExpression(given, contextOf(assert.fail)));
    assert.ok(looks < 20, `${looks} looks`);
  });
});
