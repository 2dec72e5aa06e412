import type { JsonObject } from './case.ts';
import { type Cel, type CelKind, DEPTH_MAX, type TimeKind } from './cel-kinds.ts';
import type { Choose } from './choose.ts';
import { call, member, method, named, text, whole } from './condition-words.ts';

const MOMENTS = [
  '2023-05-01T12:00:00Z',
  '2023-05-01T12:00:00.5Z',
  '2023-05-01t14:00:00+02:00',
  '1969-12-31T23:59:59.999999999Z',
  '2024-02-29T00:00:00-09:30',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '10000-01-01T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '2023-03-26T01:30:00Z',
  '2023-05-01',
  '2023-05-01T12:00:60Z',
  '2023-05-01 12:00:00Z',
  'infinite-future',
  '',
];
const SPANS = [
  '0',
  '1s',
  '-1.5s',
  '1h',
  '1h2m3s4ms5us6ns',
  '90m',
  '0.1ns',
  '24h',
  '8760h',
  '87660000h',
  '1d',
  's',
  '',
  '1',
  '+5s',
  '-1h30m',
];

export function generateTime(cel: Cel, kind: TimeKind, depth: number): JsonObject {
  const { choose } = cel;
  const of = (one: CelKind) => cel.make(one, depth + 1);
  if (depth >= DEPTH_MAX || choose.chance(0.5)) return said(choose, kind);
  if (kind === 'duration') {
    return choose.weighted<JsonObject>([
      [2, () => call(choose.pick(['_+_', '_-_']), of('duration'), of('duration'))],
      [2, () => call('_-_', of('time'), of('time'))],
      [1, () => call('duration', of(choose.pick(['text', 'duration'])))],
    ]);
  }
  return choose.weighted<JsonObject>([
    [3, () => call(choose.pick(['_+_', '_-_']), of('time'), of('duration'))],
    [1, () => call('_+_', of('duration'), of('time'))],
    [1, () => call('timestamp', of(choose.pick(['text', 'time', 'int'])))],
  ]);
}

function said(choose: Choose, kind: TimeKind): JsonObject {
  if (choose.chance(0.15)) return constant(choose, kind);
  if (kind === 'duration') return call('duration', text(choose.pick(SPANS)));
  return choose.chance(0.8)
    ? call('timestamp', text(choose.pick(MOMENTS)))
    : call('timestamp', whole(choose.pick([0, -1, 1_700_000_000, 253_402_300_800])));
}

/** Of a negative one Envoy's verdict is another where the listener comes by discovery, as here, than in a file. */
const constant = (choose: Choose, kind: TimeKind): JsonObject => ({
  const_expr:
    kind === 'duration'
      ? { duration_value: choose.pick(['0s', '1.5s', '3600s', '9000000000s']) }
      : {
          timestamp_value: choose.pick([
            '1970-01-01T00:00:00Z',
            '2023-05-01T12:00:00.5Z',
            '0001-01-01T00:00:00Z',
            '9999-12-31T23:59:59Z',
          ]),
        },
});

/** About the moment of the request, as far as it is the same on both sides: not within days of a boundary. */
export function generateTimeTest(choose: Choose): JsonObject {
  const now = member(named('request'), 'time');
  const then = call('timestamp', text(choose.pick(['2020-01-01T00:00:00Z', '2090-01-01T00:00:00Z'])));
  const order = choose.pick(['_<_', '_>=_', '_==_', '_!=_']);
  return choose.weighted<JsonObject>([
    [3, () => call(order, now, then)],
    [2, () => call(order, call('_-_', now, then), call('duration', text(choose.pick(['0', '1h', '-1h']))))],
    [1, () => call(order, method(now, 'getFullYear'), whole(choose.pick([2020, 2090])))],
    [1, () => call(order, call('_+_', now, call('duration', text('24h'))), then)],
    [0.5, () => call(order, call('int', now), whole(1_600_000_000))],
    [0.5, () => member(named('request'), 'time', true)],
  ]);
}
