import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DurationLimits } from '../route/stream-limits.ts';
import { HeaderList } from './header-list.ts';
import { limitDuration } from './limit-duration.ts';

const said = (limits: Partial<DurationLimits>): DurationLimits => ({
  maxMs: null,
  grpcMaxMs: null,
  grpcOffsetMs: 0,
  ...limits,
});

const ofTimeouts = (...lines: string[]) => {
  const headers = new HeaderList();
  for (const line of lines) headers.append('grpc-timeout', line);
  return headers;
};

describe('how long a stream may take', () => {
  const cases: [name: string, limits: DurationLimits | null, managerMs: number, want: number | null][] = [
    ['for ever where nobody says anything', null, 0, null],
    ['the manager’s where the route says nothing', null, 500, 500],
    ['the route’s where it says some', said({ maxMs: 300 }), 500, 300],
    ['the route’s though it is longer', said({ maxMs: 800 }), 500, 800],
    ['for ever where the route says none', said({ maxMs: 0 }), 500, null],
    ['the manager’s where the route’s message says nothing', said({}), 500, 500],
    ['what the client asks for', said({ maxMs: 0, grpcMaxMs: 0 }), 500, 400],
    ['what the client asks for, capped', said({ maxMs: 600, grpcMaxMs: 250 }), 0, 250],
    ['less than the client asks for', said({ grpcMaxMs: 0, grpcOffsetMs: 100 }), 0, 300],
    ['none where the offset takes all', said({ grpcMaxMs: 0, grpcOffsetMs: 500 }), 0, 0],
  ];
  for (const [name, limits, managerMs, want] of cases) {
    it(`is ${name}`, () => assert.equal(limitDuration(ofTimeouts('400m'), limits, managerMs, false), want));
  }
});

/** Envoy 1.40 was asked for each: null is what it takes for no timeout. */
describe('a grpc-timeout is read as Envoy reads it', () => {
  const cases: [lines: string[], want: number | null][] = [
    [['300m'], 300],
    [['1H'], 3_600_000],
    [['2M'], 120_000],
    [['3S'], 3000],
    [['300001u'], 301],
    [['1n'], 1],
    [['0m'], 0],
    [['-0m'], 0],
    [['+300m'], 300],
    [['300 m'], 300],
    [['300\tm'], 300],
    [['000000300m'], 300],
    [['99999999m'], 99_999_999],
    [['100000000m'], null],
    [['9223372036854775808H'], null],
    [['-300m'], null],
    [['300x'], null],
    [['1s'], null],
    [['300mm'], null],
    [['m'], null],
    [[''], null],
    [['300'], null],
    [['300m', '200m'], null],
    [[], null],
  ];
  for (const [lines, want] of cases) {
    it(JSON.stringify(lines), () => {
      assert.equal(limitDuration(ofTimeouts(...lines), said({ grpcMaxMs: 0 }), 0, false), want);
    });
  }
});

describe('a gRPC origin is told how long its stream may take', () => {
  interface Told {
    name: string;
    limits: DurationLimits | null;
    managerMs?: number;
    type?: string;
    wasLimited?: boolean;
    want: string | undefined;
  }
  const cases: Told[] = [
    { name: 'the route’s limit', limits: said({ maxMs: 800 }), want: '800m' },
    { name: 'the manager’s, where the route looks at it', limits: said({}), managerMs: 500, want: '500m' },
    { name: 'not the manager’s, where it does not', limits: null, managerMs: 500, want: '300m' },
    { name: 'in seconds', limits: said({ maxMs: 100_000_000 }), want: '100000S' },
    { name: 'in minutes', limits: said({ maxMs: 1e12 }), want: '16666666M' },
    { name: 'not without one', limits: said({ maxMs: 0 }), want: '300m' },
    { name: 'no longer', limits: said({ maxMs: 0 }), wasLimited: true, want: undefined },
    { name: 'no other', limits: said({ maxMs: 800 }), type: 'application/grpc-web', want: '300m' },
  ];
  for (const {
    name,
    limits,
    managerMs = 0,
    type = 'application/grpc+proto',
    wasLimited = false,
    want,
  } of cases) {
    it(name, () => {
      const headers = ofTimeouts('300m');
      headers.append('content-type', type);
      limitDuration(headers, limits, managerMs, wasLimited);
      assert.equal(headers.get('grpc-timeout'), want);
    });
  }
});
