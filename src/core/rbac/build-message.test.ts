import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildMessage, type FieldValue, fieldsOf } from './build-message.ts';
import { equal as equalIn } from './expression-equality.ts';
import { ExpressionMap, type ExpressionValue, FAULT, Uint } from './expression-value.ts';

const equal = (a: ExpressionValue, b: ExpressionValue) => equalIn(a, b, { hasDoubt: false });

/** The message of these fields, as an expression spells them out. */
function message(name: string, ...set: [field: string, value: ExpressionValue][]): ExpressionValue {
  const type = fieldsOf(name);
  assert.ok(type !== null, name);
  const values = set.map(([field, value]): FieldValue => {
    const found = type.fields[field];
    assert.ok(found, field);
    return [field, found, value];
  });
  return buildMessage(type.typeName, values);
}

const map = (...pairs: [ExpressionValue, ExpressionValue][]) => {
  const made = ExpressionMap.of(pairs);
  assert.ok(made !== FAULT);
  return made;
};
const DURATION = 'google.protobuf.Duration';
const VALUE = 'google.protobuf.Value';
const METADATA = 'envoy.config.core.v3.Metadata';

describe('a message that a CEL expression spells out', () => {
  const table: { name: string; given: ExpressionValue; want: ExpressionValue }[] = [
    { name: 'is a wrapper of nothing', given: message('google.protobuf.Int64Value'), want: 0n },
    { name: 'may begin with a point', given: message('.google.protobuf.StringValue'), want: '' },
    {
      name: 'takes no number of another type',
      given: message('google.protobuf.UInt32Value', ['value', 1n]),
      want: FAULT,
    },
    {
      name: 'takes no number that does not fit',
      given: message('google.protobuf.Int32Value', ['value', 2n ** 31n]),
      want: FAULT,
    },
    {
      name: 'takes no unsigned one that does not fit',
      given: message('google.protobuf.UInt32Value', ['value', new Uint(2n ** 32n)]),
      want: FAULT,
    },
    {
      name: 'loses what a float cannot hold',
      given: message('google.protobuf.FloatValue', ['value', 0.1]),
      want: Math.fround(0.1),
    },
    {
      name: 'has the last of two values',
      given: equal(message(DURATION, ['seconds', 1n], ['seconds', 2n]), message(DURATION, ['seconds', 2n])),
      want: true,
    },
    {
      name: 'is a duration in its range only',
      given: message(DURATION, ['seconds', 315_576_000_001n]),
      want: FAULT,
    },
    { name: 'is null without a kind of value', given: message(VALUE), want: null },
    { name: 'is null by any number', given: message(VALUE, ['null_value', 7n]), want: null },
    {
      name: 'is what was set last',
      given: message(VALUE, ['string_value', 'a'], ['number_value', 1]),
      want: 1,
    },
    {
      name: 'keeps what was there before a list that is null',
      given: message(VALUE, ['number_value', 1], ['list_value', null]),
      want: 1,
    },
    {
      name: 'joins lists that are set twice',
      given: equal(message(VALUE, ['list_value', [1n]], ['list_value', [2n]]), [1, 2]),
      want: true,
    },
    {
      name: 'writes what JSON has no number for as text',
      given: equal(message('google.protobuf.ListValue', ['values', [2n ** 53n]]), ['9007199254740992']),
      want: true,
    },
    {
      name: 'has texts for keys',
      given: message('google.protobuf.Struct', ['fields', map([1n, 1n])]),
      want: FAULT,
    },
    {
      name: 'holds no message where JSON is wanted',
      given: message('google.protobuf.ListValue', ['values', [message('google.protobuf.Empty')]]),
      want: FAULT,
    },
    {
      name: 'takes a namespace that is null for an empty one',
      given: equal(
        message(METADATA, ['filter_metadata', map(['f', null])]),
        message(METADATA, ['filter_metadata', map(['f', map()])]),
      ),
      want: true,
    },
    {
      name: 'is another one where what is packed is of another type',
      given: equal(
        message(METADATA, ['typed_filter_metadata', map(['f', 1n])]),
        message(METADATA, ['typed_filter_metadata', map(['f', new Uint(1n)])]),
      ),
      want: false,
    },
    { name: 'is nothing as an enum', given: message('google.protobuf.NullValue'), want: FAULT },
  ];
  for (const { name, given, want } of table) it(name, () => assert.equal(given, want));
});
