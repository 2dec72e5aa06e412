import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DescField } from '@bufbuild/protobuf';
import { schemaMessage, schemaRegistry } from '../schema-registry.ts';
import { fieldRules, isRequired, valueFault } from './field-rules.ts';
import type { FieldRules } from './rules-json.ts';

/** `string.minLen`, `repeated.items.enum.definedOnly`: every rule that is written, whichever its value. */
function namesOf(rules: object, path: readonly string[] = []): string[] {
  return Object.entries(rules).flatMap(([name, value]) =>
    typeof value === 'object' && !Array.isArray(value)
      ? namesOf(value, [...path, name])
      : [[...path, name].join('.')],
  );
}

const KNOWN =
  `any.required bool.const bytes.maxLen bytes.minLen double.gt double.gte double.lte duration.gt duration.gte
  duration.lt duration.lte duration.required enum.definedOnly enum.notIn map.keys.string.minLen map.minPairs message.required
  repeated.items.double.gt repeated.items.enum.definedOnly repeated.items.string.in repeated.items.string.maxBytes
  repeated.items.string.minLen repeated.items.string.strict repeated.items.string.wellKnownRegex repeated.items.uint32.gte
  repeated.items.uint32.lt repeated.items.uint32.lte repeated.maxItems repeated.minItems repeated.unique string.ignoreEmpty
  string.in string.maxBytes string.maxLen string.minLen string.pattern string.prefix string.strict string.suffix string.wellKnownRegex uint32.gt uint32.gte
  uint32.lt uint32.lte uint64.gt uint64.gte uint64.lt uint64.lte`.split(/\s+/);

const field = schemaMessage('envoy.config.core.v3.HeaderValue').field['key'] as DescField;
const type = schemaMessage('envoy.config.cluster.v3.Cluster').fields.find(
  ({ name }) => name === 'lb_policy',
) as DescField;

const faults: {
  name: string;
  rules: FieldRules;
  value: unknown;
  want: string | undefined;
  field?: DescField;
}[] = [
  {
    name: 'a character that is two code units',
    rules: { string: { maxLen: '1' } },
    value: '😀',
    want: undefined,
  },
  {
    name: 'more characters than may be',
    rules: { string: { maxLen: '1' } },
    value: 'ab',
    want: 'value length must be at most 1 characters',
  },
  {
    name: 'fewer characters than must be',
    rules: { string: { minLen: '1' } },
    value: '',
    want: 'value length must be at least 1 characters',
  },
  {
    name: 'more bytes than may be',
    rules: { string: { maxBytes: '3' } },
    value: '😀',
    want: 'value length must be at most 3 bytes',
  },
  {
    name: 'an empty text that is not looked at',
    rules: { string: { minLen: '1', ignoreEmpty: true } },
    value: '',
    want: undefined,
  },
  {
    name: 'a header name, strict unless said otherwise',
    rules: { string: { wellKnownRegex: 'HTTP_HEADER_NAME' } },
    value: 'a b',
    want: 'value does not match regex pattern "^:?[0-9a-zA-Z!#$%&\'*+\\-.^_|~`]+$"',
  },
  {
    name: 'a header name that is not strict',
    rules: { string: { wellKnownRegex: 'HTTP_HEADER_NAME', strict: false } },
    value: 'a b',
    want: undefined,
  },
  {
    name: 'a text that is not in the list',
    rules: { string: { in: ['a', 'b'] } },
    value: 'c',
    want: 'value must be in list [a b]',
  },
  {
    name: 'a text without its beginning',
    rules: { string: { prefix: '%', suffix: '%', ignoreEmpty: true } },
    value: 'x%',
    want: 'value does not have prefix "%"',
  },
  {
    name: 'a text without its end',
    rules: { string: { prefix: '%', suffix: '%', ignoreEmpty: true } },
    value: '%x',
    want: 'value does not have suffix "%"',
  },
  {
    name: 'a text with both',
    rules: { string: { prefix: '%', suffix: '%' } },
    value: '%x%',
    want: undefined,
  },
  {
    name: 'a duration on its open bound',
    rules: { duration: { gt: '0.001s' } },
    value: { seconds: 0n, nanos: 1_000_000 },
    want: 'value must be greater than 1ms',
  },
  {
    name: 'a 64-bit number above its bound',
    rules: { uint64: { gt: '0', lt: '65536' } },
    value: 65_536n,
    want: 'value must be inside range (0, 65536)',
  },
  {
    name: 'a number below its bound',
    rules: { uint32: { gte: 1 } },
    value: 0,
    want: 'value must be greater than or equal to 1',
  },
  {
    name: 'bytes that are too long',
    rules: { bytes: { maxLen: '1' } },
    value: Uint8Array.of(1, 2),
    want: 'value length must be at most 1 bytes',
  },
  { name: 'a flag', rules: { bool: { const: true } }, value: false, want: 'value must equal true' },
  {
    name: 'an enum value that nobody defined',
    rules: { enum: { definedOnly: true } },
    value: 99,
    want: 'value must be one of the defined enum values',
  },
  {
    name: 'an enum value that may not be',
    rules: { enum: { notIn: [0] } },
    value: 0,
    want: 'value must not be in list [ROUND_ROBIN]',
    field: type,
  },
  {
    name: 'too few of a list',
    rules: { repeated: { minItems: '1' } },
    value: [],
    want: 'value must contain at least 1 item(s)',
  },
  {
    name: 'too many of a list',
    rules: { repeated: { maxItems: '1' } },
    value: ['a', 'b'],
    want: 'value must contain no more than 1 item(s)',
  },
  {
    name: 'one twice in a list',
    rules: { repeated: { unique: true } },
    value: ['a', 'a'],
    want: 'repeated value must contain unique items',
  },
  {
    name: 'an item of a list',
    rules: { repeated: { items: { string: { minLen: '1' } } } },
    value: ['a', ''],
    want: 'value length must be at least 1 characters',
  },
  {
    name: 'too few of a map',
    rules: { map: { minPairs: '1' } },
    value: {},
    want: 'value must contain at least 1 pair(s)',
  },
  {
    name: 'a key of a map',
    rules: { map: { keys: { string: { minLen: '1' } } } },
    value: { '': 1 },
    want: 'value length must be at least 1 characters',
  },
];

describe('the rules of a field', () => {
  it('are all of a kind that is looked at', () => {
    const fields = [...schemaRegistry()].flatMap((one) => (one.kind === 'message' ? one.fields : []));
    const names = new Set(fields.flatMap((one) => namesOf(fieldRules(one) ?? {})));
    assert.deepEqual([...names].sort(), KNOWN);
  });
  it('say that it may not be left out', () => {
    for (const rules of [
      { message: { required: true } },
      { duration: { required: true } },
      { any: { required: true } },
    ])
      assert.equal(isRequired(rules), true);
    assert.equal(isRequired({ duration: { gt: '0s' } }), false);
  });
  for (const { name, rules, value, want, field: of = field } of faults) {
    it(`judge ${name}`, () => assert.equal(valueFault(of, value, rules), want));
  }
});
