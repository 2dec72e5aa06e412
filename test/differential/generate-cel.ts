import type { JsonObject } from './case.ts';
import { type Cel, type CelKind, DEPTH_MAX, KINDS, NUMBER_KINDS } from './cel-kinds.ts';
import type { Choose } from './choose.ts';
import { at, call, list, map, member, method, named, nothing, text, truth } from './condition-words.ts';
import { generateAttributeTest, MEMBERS } from './generate-cel-attributes.ts';
import { generateMessage } from './generate-cel-messages.ts';
import { generateNumber, generateText } from './generate-cel-scalars.ts';
import { generateOddStyle, PATTERNS } from './generate-cel-styles.ts';
import { generateTime, generateTimeTest } from './generate-cel-times.ts';
import { CLAIM_PATHS, HEADERS, wordsOf } from './words.ts';

const ORDERED: readonly CelKind[] = [
  'bool',
  'text',
  'text',
  'bytes',
  'int',
  'uint',
  'double',
  'time',
  'duration',
];

/** Switches of a policy's `cel_config`. */
export function generateCelOptions(choose: Choose): JsonObject {
  return {
    ...choose.field(0.6, 'enable_string_conversion', () => true),
    ...choose.field(0.6, 'enable_string_concat', () => true),
    ...choose.field(0.6, 'enable_string_functions', () => true),
  };
}

/** A condition over all that CEL knows here: types, times, texts, whole attributes. Most are sound, some come to faults. */
export function generateCel(choose: Choose, payloadKeys: readonly string[], options: JsonObject): JsonObject {
  const cel: Cel = { choose, payloadKeys, options, make: (kind, depth) => makeOf(cel, kind, depth) };
  return choose.chance(0.04) ? generateBlock(cel) : cel.make('bool', 0);
}

/** Parts that come up several times, each named by its place. */
function generateBlock(cel: Cel): JsonObject {
  const { choose } = cel;
  const kinds = choose.list(1, 3, () => choose.pick(KINDS));
  const parts = kinds.map((kind) => cel.make(kind, 2));
  const make = (kind: CelKind, depth: number): JsonObject => {
    const slot = kinds.indexOf(kind);
    if (slot < 0 || choose.chance(0.3)) return makeOf(inner, kind, depth);
    return named(choose.chance(0.99) ? `@index${slot}` : '@index7');
  };
  const inner: Cel = { ...cel, make };
  const kind = choose.pick(kinds);
  const body = choose.chance(0.5) ? call('_==_', make(kind, 1), make(kind, 1)) : make('bool', 1);
  return call('cel.@block', list(parts), body);
}

function makeOf(cel: Cel, wanted: CelKind, depth: number): JsonObject {
  const { choose } = cel;
  const kind = depth > 0 && choose.chance(0.03) ? choose.pick(KINDS) : wanted;
  const again = () => cel.make(kind, depth + 1);
  if (depth >= DEPTH_MAX || choose.chance(0.88)) return plain(cel, kind, depth);
  return choose.weighted<JsonObject>([
    [2, () => generateMessage(cel, kind, depth)],
    [2, () => claim(cel)],
    [1, () => call('_?_:_', cel.make('bool', depth + 1), again(), again())],
    [1, () => call('dyn', again())],
    [1, () => call('_[_]', list([again(), again()]), cel.make('int', DEPTH_MAX))],
    [1, () => at(map([[text('k'), again()]]), choose.pick(['k', 'k', 'x']))],
  ]);
}

function plain(cel: Cel, kind: CelKind, depth: number): JsonObject {
  switch (kind) {
    case 'bool':
      return generateTest(cel, depth);
    case 'int':
    case 'uint':
    case 'double':
      return generateNumber(cel, kind, depth);
    case 'text':
    case 'bytes':
      return generateText(cel, kind, depth);
    case 'time':
    case 'duration':
      return generateTime(cel, kind, depth);
    case 'list':
      return generateList(cel, depth);
    case 'map':
      return generateMap(cel, depth);
    case 'type':
      return generateType(cel, depth);
    case 'null':
      return nothing;
    case 'message':
      return cel.choose.pick([
        named('metadata'),
        ...wordsOf('route_metadata virtual_host_metadata cluster_metadata listener_metadata').map((name) =>
          member(named('xds'), name),
        ),
      ]);
  }
}

function generateTest(cel: Cel, depth: number): JsonObject {
  const { choose } = cel;
  if (depth >= DEPTH_MAX) return truth(choose.chance(0.5));
  const of = (kind: CelKind) => cel.make(kind, depth + 1);
  const kind = choose.pick(KINDS);
  const ordered = choose.pick(ORDERED);
  const number = choose.pick(NUMBER_KINDS);
  return choose.weighted<JsonObject>([
    [3, () => call(choose.pick(['_==_', '_!=_']), of(kind), of(kind))],
    [3, () => call(choose.pick(['_<_', '_<=_', '_>_', '_>=_']), of(ordered), of(ordered))],
    [1, () => call(choose.pick(['_==_', '_<_', '_>=_']), of(number), of(choose.pick(NUMBER_KINDS)))],
    [1, () => method(of('text'), choose.pick(['startsWith', 'endsWith', 'contains']), of('text'))],
    [1, () => method(of('text'), 'matches', text(choose.pick(PATTERNS)))],
    [1, () => call('@in', of(kind), choose.chance(0.8) ? list([of(kind), of(kind)]) : of('list'))],
    [1, () => call('@in', of(choose.pick(['text', 'int'])), of('map'))],
    [1, () => presence(cel)],
    [1, () => call('_&&_', of('bool'), of('bool'))],
    [1, () => call('_||_', of('bool'), of('bool'))],
    [1, () => call('!_', of('bool'))],
    [0.5, () => call('bool', choose.chance(0.5) ? text(choose.pick(TRUTHS)) : of(kind))],
    [1, () => call('_==_', of('type'), call('type', of(kind)))],
    [0.2, () => call('@not_strictly_false', of('bool'))],
    [1, () => generateTimeTest(choose)],
    [2, () => generateAttributeTest(choose)],
    [0.7, () => generateOddStyle(cel, depth)],
  ]);
}

const TRUTHS = ['true', 'True', 'TRUE', 't', '1', 'false', 'False', 'FALSE', 'f', '0', 'yes', '', 'tRUE'];
const TYPES = ['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint'];

function generateType(cel: Cel, depth: number): JsonObject {
  const { choose } = cel;
  if (depth >= DEPTH_MAX || choose.chance(0.5)) return named(choose.pick(TYPES));
  return call('type', cel.make(choose.pick(KINDS), depth + 1));
}

function generateList(cel: Cel, depth: number): JsonObject {
  const { choose } = cel;
  if (depth >= DEPTH_MAX) return list([]);
  const kind = choose.pick(KINDS);
  const separator = () => text(choose.pick([',', '/', '', 'a', ' ']));
  return choose.weighted<JsonObject>([
    [3, () => list(choose.list(0, 3, () => cel.make(kind, depth + 1)))],
    [1, () => claimAt(cel, [choose.pick(['groups', 'aud'])])],
    [
      cel.options['enable_string_functions'] === true ? 2 : 0.05,
      () =>
        method(
          cel.make('text', depth + 1),
          'split',
          separator(),
          ...(choose.chance(0.4) ? [cel.make('int', DEPTH_MAX)] : []),
        ),
    ],
  ]);
}

function generateMap(cel: Cel, depth: number): JsonObject {
  const { choose } = cel;
  const namespaces = member(named('metadata'), 'filter_metadata');
  const key = choose.pick<CelKind>(['text', 'text', 'int', 'uint', 'bool']);
  return choose.weighted<JsonObject>([
    [
      depth >= DEPTH_MAX ? 0 : 2,
      () => map(choose.list(0, 2, () => [cel.make(key, DEPTH_MAX), cel.make(choose.pick(KINDS), depth + 1)])),
    ],
    [
      1,
      () => named(choose.pick(['request', 'source', 'destination', 'response', 'filter_state', 'upstream'])),
    ],
    [1, () => member(named('request'), 'headers')],
    [1, () => namespaces],
    [1, () => at(namespaces, 'envoy.filters.http.jwt_authn')],
    [1, () => claimAt(cel, [choose.pick(['nested', 'constructor'])])],
    [0.5, () => member(member(named('xds'), 'route_metadata'), 'filter_metadata')],
  ]);
}

function claimAt({ choose, payloadKeys }: Cel, path: readonly string[]): JsonObject {
  const root = at(member(named('metadata'), 'filter_metadata'), 'envoy.filters.http.jwt_authn');
  const step = (value: JsonObject, key: string) =>
    choose.chance(0.15) && /^\w+$/.test(key) ? member(value, key) : at(value, key);
  return [choose.pick([...payloadKeys, 'payload']), ...path].reduce(step, root);
}

const claim = (cel: Cel) => claimAt(cel, cel.choose.pick(CLAIM_PATHS));

/** Whether something is there. */
function presence(cel: Cel): JsonObject {
  const { choose } = cel;
  const root = choose.pick(Object.keys(MEMBERS));
  const namespaces = member(named('metadata'), 'filter_metadata');
  return choose.weighted<JsonObject>([
    [2, () => member(named(root), choose.pick(MEMBERS[root] ?? []), true)],
    [1, () => call('@in', text(choose.pick(MEMBERS[root] ?? [])), named(root))],
    [1, () => call('@in', text(choose.pick(HEADERS)), member(named('request'), 'headers'))],
    [1, () => member(member(named('request'), 'headers'), choose.pick(['accept', 'x', 'origin']), true)],
    [
      1,
      () =>
        member(
          at(namespaces, 'envoy.filters.http.jwt_authn'),
          choose.pick([...cel.payloadKeys, 'failed']),
          true,
        ),
    ],
    [1, () => member(claimAt(cel, []), choose.pick(['sub', 'role', 'exp', 'constructor', 'toString']), true)],
  ]);
}
