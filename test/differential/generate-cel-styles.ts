import type { JsonObject } from './case.ts';
import { type Cel, type CelKind, KINDS } from './cel-kinds.ts';
import { call, list, method, named, text, truth } from './condition-words.ts';

export const PATTERNS = [
  'a',
  '^a',
  'a$',
  '.*',
  '[a-z]+',
  '(?i)ALICE',
  '^/a(/|$)',
  '\\d',
  '^$',
  'é',
  '.',
  '\\w+@',
];

/** What a person would not write and a program may. */
export function generateOddStyle(cel: Cel, depth: number): JsonObject {
  const { choose } = cel;
  const of = (kind: CelKind) => cel.make(kind, depth + 1);
  const kind = choose.pick(KINDS);
  return choose.weighted<JsonObject>([
    [2, () => call(choose.pick(['startsWith', 'endsWith', 'contains']), of('text'), of('text'))],
    [1, () => call('matches', of('text'), text(choose.pick(PATTERNS)))],
    [1, () => call(choose.pick(['in', '_in_']), of(kind), list([of(kind)]))],
    [1, () => call('__not_strictly_false__', of('bool'))],
    [1, () => call(choose.pick(['_&&_', '_||_']), of('bool'), of('bool'), of('bool'))],
    [1, () => call('_==_', method(of('map'), '_[_]', text('k')), of('text'))],
    [1, () => call('_==_', { list_expr: { elements: [of(kind)], optional_indices: [0] } }, of('list'))],
    [1, () => call('_==_', optionalEntry(of('text')), of('map'))],
    [0.06, () => call(choose.pick(['format', 'has', 'all', 'f']), of(kind))],
    [0.06, () => allOf(of('list'))],
  ]);
}

const optionalEntry = (value: JsonObject): JsonObject => ({
  struct_expr: { entries: [{ id: '1', map_key: text('k'), value, optional_entry: true }] },
});

/** A macro over a list, which Envoy refuses. */
const allOf = (iter_range: JsonObject): JsonObject => ({
  comprehension_expr: {
    iter_var: 'x',
    iter_range,
    accu_var: '__result__',
    accu_init: truth(true),
    loop_condition: truth(true),
    loop_step: named('__result__'),
    result: named('__result__'),
  },
});
