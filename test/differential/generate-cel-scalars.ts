import type { JsonObject } from './case.ts';
import { type Cel, type CelKind, DEPTH_MAX, NUMBER_KINDS, type NumberKind } from './cel-kinds.ts';
import {
  at,
  bytes,
  call,
  list,
  member,
  method,
  named,
  positive,
  real,
  text,
  whole,
} from './condition-words.ts';
import { CONNECTION_TEXTS } from './generate-cel-attributes.ts';
import { HEADERS, HOSTS, METHODS, PATHS, SUBJECTS, VALUES, wordsOf } from './words.ts';

const INTS = [0, 1, 2, 3, -1, 5, 10, 2023, '9223372036854775807', '-9223372036854775808', 1_700_000_000];
const UINTS = [0, 1, 2, 3, 5, '18446744073709551615', '9223372036854775808'];
const DOUBLES = [0, 1, 1.5, -0.5, 3, 1e300, 1e-7, 2 ** 63, 2 ** 64, -(2 ** 63), 123456, 1234567];
const NUMERALS = [
  '1',
  '12',
  '+2',
  '-3',
  '1.5',
  '1e3',
  ' 4 ',
  '0x10',
  'nan',
  'inf',
  'x',
  '',
  '18446744073709551615',
];
const PARTS = wordsOf('getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear');
const CLOCK_PARTS = wordsOf('getHours getMinutes getSeconds getMilliseconds');
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', '+02:00', '-09:30', '02:00', 'nowhere', ''];

const hasTexts = ({ options }: Cel) => options['enable_string_functions'] === true;

export function generateNumber(cel: Cel, kind: NumberKind, depth: number): JsonObject {
  const { choose } = cel;
  const constant = () =>
    kind === 'int'
      ? whole(choose.pick(INTS))
      : kind === 'uint'
        ? positive(choose.pick(UINTS))
        : real(choose.pick(DOUBLES));
  if (depth >= DEPTH_MAX || choose.chance(0.35)) return constant();
  const of = (one: CelKind) => cel.make(one, depth + 1);
  return choose.weighted<JsonObject>([
    [3, () => call(choose.pick(['_+_', '_-_', '_*_', '_/_', '_%_']), of(kind), of(kind))],
    [2, () => call(kind, of(choose.pick(NUMBER_KINDS)))],
    [1, () => call(kind, choose.chance(0.7) ? text(choose.pick(NUMERALS)) : of('text'))],
    [0.3, () => call(kind, of(choose.pick(['bool', 'time', 'bytes'])))],
    [kind === 'uint' ? 0 : 0.5, () => call('-_', of(kind))],
    [kind === 'int' ? 6 : 0, () => count(cel, depth)],
    [kind === 'uint' ? 0.5 : 0, () => member(named('upstream'), 'request_attempt_count')],
  ]);
}

function count(cel: Cel, depth: number): JsonObject {
  const { choose } = cel;
  const of = (one: CelKind) => cel.make(one, depth + 1);
  const zone = () => choose.maybe(0.4, () => text(choose.pick(ZONES)));
  const asked = (kind: CelKind, parts: readonly string[]) => {
    const where = zone();
    return method(of(kind), choose.pick(parts), ...(where === undefined ? [] : [where]));
  };
  return choose.weighted<JsonObject>([
    [2, () => call('size', of(choose.pick(['text', 'bytes', 'list', 'map'])))],
    [0.5, () => method(of('text'), 'size')],
    [2, () => asked('time', [...PARTS, ...CLOCK_PARTS])],
    [1, () => asked('duration', CLOCK_PARTS)],
    [
      hasTexts(cel) ? 2 : 0.02,
      () =>
        method(
          of('text'),
          choose.pick(['indexOf', 'lastIndexOf']),
          text(choose.pick(['a', '/', '', 'é', 'li'])),
          ...(choose.chance(0.4) ? [cel.make('int', DEPTH_MAX)] : []),
        ),
    ],
    [0.5, () => member(named('request'), 'size')],
    [0.3, () => member(named('response'), choose.pick(wordsOf('size total_size flags headers_bytes code')))],
  ]);
}

const TEXTS = [
  ...VALUES,
  ...SUBJECTS,
  '/a/b',
  ' a b ',
  'a,b,c',
  'aé€😀b',
  '\u00a0x\u2003',
  'ABC',
  'x1y2',
  '\n',
  'aaa',
];

export function generateText(cel: Cel, kind: 'text' | 'bytes', depth: number): JsonObject {
  const { choose, options } = cel;
  const of = (one: CelKind) => cel.make(one, depth + 1);
  const isDeep = depth >= DEPTH_MAX;
  if (kind === 'bytes') {
    return choose.weighted<JsonObject>([
      [2, () => bytes(choose.pick(['', 'a', 'ab', '\u00c3\u00a9', '\u00ff', '/']))],
      [isDeep ? 0 : 2, () => call('bytes', of(choose.pick(['text', 'text', 'bytes'])))],
      [
        isDeep || options['enable_string_concat'] !== true ? 0 : 1,
        () => call('_+_', of('bytes'), of('bytes')),
      ],
    ]);
  }
  const conversions = options['enable_string_conversion'] === true ? 2 : 0.02;
  return choose.weighted<JsonObject>([
    [3, () => text(choose.pick(TEXTS))],
    [3, () => attribute(cel)],
    [isDeep ? 0 : conversions, () => call('string', of(choose.pick(SAID)))],
    [isDeep || options['enable_string_concat'] !== true ? 0 : 2, () => call('_+_', of('text'), of('text'))],
    [isDeep ? 0 : hasTexts(cel) ? 4 : 0.05, () => changed(cel, depth)],
    [isDeep ? 0 : 0.7, () => found(cel, depth)],
  ]);
}

const SAID: readonly CelKind[] = [
  'int',
  'uint',
  'double',
  'bool',
  'bytes',
  'time',
  'duration',
  'text',
  'list',
];

/** A text of the request, often one that is compared with. */
function attribute({ choose }: Cel): JsonObject {
  const request = named('request');
  return choose.weighted<JsonObject>([
    [
      3,
      () =>
        member(request, choose.pick(['path', 'url_path', 'query', 'method', 'host', 'scheme', 'protocol'])),
    ],
    [2, () => at(member(request, 'headers'), choose.pick([...HEADERS, ':path', ':method', 'cookie']))],
    [0.5, () => member(request, choose.pick(['referer', 'useragent', 'nope']))],
    [
      0.5,
      () =>
        member(
          named('xds'),
          choose.pick(wordsOf('route_name virtual_host_name cluster_name filter_chain_name nope')),
        ),
    ],
    [0.5, () => member(named('connection'), choose.pick(CONNECTION_TEXTS))],
    [2, () => text(choose.pick([...PATHS, ...METHODS, ...HOSTS]))],
  ]);
}

/** A text that one of CEL's functions makes of another. */
function changed(cel: Cel, depth: number): JsonObject {
  const { choose } = cel;
  const of = (one: CelKind) => cel.make(one, depth + 1);
  const place = () => (choose.chance(0.7) ? whole(choose.between(-1, 4)) : of('int'));
  const part = () => text(choose.pick(['a', '', '/', 'é', 'aa', '1']));
  return choose.weighted<JsonObject>([
    [2, () => method(of('text'), choose.pick(['lowerAscii', 'upperAscii', 'trim', 'reverse']))],
    [1, () => method(of('text'), 'charAt', place())],
    [2, () => method(of('text'), 'substring', place(), ...(choose.chance(0.5) ? [place()] : []))],
    [2, () => method(of('text'), 'replace', part(), part(), ...(choose.chance(0.4) ? [place()] : []))],
    [1, () => method(of('list'), 'join', ...(choose.chance(0.6) ? [part()] : []))],
    [1, () => method(list([of('text'), of('text')]), 'join', part())],
  ]);
}

/** What a pattern finds in a text. */
function found(cel: Cel, depth: number): JsonObject {
  const { choose } = cel;
  const subject = cel.make('text', depth + 1);
  const pattern = text(choose.pick(['(a)(.*)', '([a-z]+)', '^/(\\w+)', '(b)?', 'a', '(?P<x>a)', '(']));
  return choose.weighted<JsonObject>([
    [1, () => call('re.extract', subject, pattern, text(choose.pick(['\\1', '\\0', '\\2\\1', 'x', '\\3'])))],
    [1, () => call('re.capture', subject, pattern)],
    [0.5, () => at(call('re.captureN', subject, pattern), choose.pick(['1', 'x']))],
  ]);
}
