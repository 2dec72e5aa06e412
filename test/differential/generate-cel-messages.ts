import type { JsonObject } from './case.ts';
import type { Cel, CelKind } from './cel-kinds.ts';
import type { Choose } from './choose.ts';
import { list, map, named, nothing, text, whole } from './condition-words.ts';

const PACKAGE = 'google.protobuf';
/** The message that stands for a value of each kind. */
const WRAPPERS: Partial<Record<CelKind, readonly string[]>> = {
  bool: ['BoolValue'],
  int: ['Int64Value', 'Int32Value'],
  uint: ['UInt64Value', 'UInt32Value'],
  double: ['DoubleValue', 'FloatValue'],
  text: ['StringValue'],
  bytes: ['BytesValue'],
};

type Field = readonly [name: string, value: JsonObject];

const message = (type: string, ...fields: readonly Field[]): JsonObject => ({
  struct_expr: {
    message_name: type,
    entries: fields.map(([field_key, value], index) => ({ id: String(index + 1), field_key, value })),
  },
});

const own = (type: string, ...fields: readonly Field[]) => message(`${PACKAGE}.${type}`, ...fields);

/** A message that is spelled out and comes to a value of that kind, as a rule. */
export function generateMessage(cel: Cel, kind: CelKind, depth: number): JsonObject {
  const { choose } = cel;
  const inner = (one: CelKind) => cel.make(one, depth + 1);
  switch (kind) {
    case 'time':
    case 'duration':
      return own(kind === 'time' ? 'Timestamp' : 'Duration', ...generateTime(choose));
    case 'list':
      return own('ListValue', ['values', choose.chance(0.7) ? list([inner('text')]) : inner('list')]);
    case 'map':
      return own('Struct', ['fields', choose.chance(0.7) ? map([[text('k'), inner('text')]]) : inner('map')]);
    case 'null':
      return own('Value', ...choose.some<Field>(0, 1, [['null_value', whole(0)]]));
    case 'type':
    case 'message':
      return generateOther(cel, depth);
    default:
      return generateWrapper(cel, kind, depth);
  }
}

function generateTime(choose: Choose): Field[] {
  const seconds = whole(choose.pick([0, -1, 5, 1_700_000_000, 253_402_300_800, '9223372036854775807']));
  const nanos = whole(choose.pick([0, 1, 500_000_000, -1, 1_000_000_000, 2_147_483_648]));
  return choose.some<Field>(0, 2, [
    ['seconds', seconds],
    ['nanos', nanos],
  ]);
}

function generateWrapper(cel: Cel, kind: CelKind, depth: number): JsonObject {
  const { choose } = cel;
  const value = () => (choose.chance(0.9) ? cel.make(kind, depth + 1) : nothing);
  if (choose.chance(0.2)) {
    const field = { bool: 'bool_value', text: 'string_value', double: 'number_value' }[String(kind)];
    if (field !== undefined) return own('Value', [field, value()]);
  }
  const type = choose.pick(WRAPPERS[kind] ?? ['Empty']);
  return choose.chance(0.15) ? own(type) : own(type, ['value', value()]);
}

/** Messages that are no value of CEL's own, and seldom one that nobody knows. */
function generateOther(cel: Cel, depth: number): JsonObject {
  const { choose } = cel;
  return choose.weighted<JsonObject>([
    [1, () => own('Empty')],
    [1, () => own('FieldMask', ['paths', list([cel.make('text', depth + 1)])])],
    [
      1,
      () =>
        message('envoy.config.core.v3.Metadata', [
          'filter_metadata',
          map([
            [text('mine'), choose.chance(0.7) ? map([[text('k'), text('v')]]) : cel.make('map', depth + 1)],
          ]),
        ]),
    ],
    [1, () => own('Value', ['list_value', cel.make('list', depth + 1)])],
    [1, () => own('Value', ['struct_value', cel.make('map', depth + 1)])],
    [0.5, () => named('google.protobuf.NullValue.NULL_VALUE')],
    [0.05, () => own('Nothing')],
    [0.05, () => own('Empty', ['nope', nothing])],
  ]);
}
