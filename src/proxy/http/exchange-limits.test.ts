import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StreamLimits } from '../route/stream-limits.ts';
import type { ExchangeState } from './client-side.ts';
import { Deadlines } from './deadlines.ts';
import { ExchangeLimits } from './exchange-limits.ts';
import { HeaderList } from './header-list.ts';
import type { RouterLimits } from './router-fields.ts';

const WAITING = { state: 'forward', requestDone: true } as const;
const RESPONDING = { state: 'respond', requestDone: true } as const;
const saying = (said: Partial<RouterLimits>): RouterLimits => ({
  timeoutMs: 500,
  headMs: 0,
  expectedMs: 0n,
  isSilent: false,
  ...said,
});

/** Limits of an exchange that began at 1000 and whose request is whole from the start. */
function limitsOf(routeMs: number, said: RouterLimits | null = null, idleMs = 0): ExchangeLimits {
  const deadlines = new Deadlines();
  deadlines.tick(1000);
  const limits = new ExchangeLimits(deadlines, { streamIdleTimeoutMs: idleMs, maxStreamDurationMs: 0 }, 1000);
  limits.limitResponse(routeMs, said);
  limits.startWaiting();
  return limits;
}

interface Case {
  name: string;
  given: { routeMs: number; said?: RouterLimits; idleMs?: number };
  at: number;
  exchange: { state: ExchangeState; requestDone: boolean };
  want: [status: number, details: string] | null;
}

const HEAD_OF_500 = saying({ headMs: 300 });

const CASES: Case[] = [
  {
    name: 'without a limit it may take for ever',
    given: { routeMs: 0 },
    at: 1e9,
    exchange: WAITING,
    want: null,
  },
  {
    name: 'a route has time before its limit',
    given: { routeMs: 300 },
    at: 1299,
    exchange: WAITING,
    want: null,
  },
  {
    name: 'a route has none at its limit',
    given: { routeMs: 300 },
    at: 1300,
    exchange: WAITING,
    want: [504, 'response_timeout'],
  },
  {
    name: 'a route’s limit is for the whole response',
    given: { routeMs: 300 },
    at: 1300,
    exchange: RESPONDING,
    want: [504, 'response_timeout'],
  },
  {
    name: 'what a filter says goes before the route',
    given: { routeMs: 300, said: saying({ timeoutMs: 0 }) },
    at: 1e9,
    exchange: WAITING,
    want: null,
  },
  {
    name: 'a head has a limit of its own',
    given: { routeMs: 900, said: HEAD_OF_500 },
    at: 1300,
    exchange: WAITING,
    want: [504, 'upstream_per_try_timeout'],
  },
  {
    name: 'a head that came in time is within it',
    given: { routeMs: 900, said: HEAD_OF_500 },
    at: 1300,
    exchange: RESPONDING,
    want: null,
  },
  {
    name: 'an alternative response is a 204',
    given: { routeMs: 900, said: saying({ isSilent: true }) },
    at: 1500,
    exchange: WAITING,
    want: [204, 'response_timeout'],
  },
  {
    name: 'a silent client is told so',
    given: { routeMs: 0, idleMs: 200 },
    at: 1200,
    exchange: { state: 'forward', requestDone: false },
    want: [408, 'stream_idle_timeout'],
  },
  {
    name: 'a silent upstream is told of',
    given: { routeMs: 0, idleMs: 200 },
    at: 1200,
    exchange: WAITING,
    want: [504, 'stream_idle_timeout'],
  },
];

describe('the time limits of an exchange', () => {
  for (const { name, given, at, exchange, want } of CASES) {
    it(name, () => {
      const error = limitsOf(given.routeMs, given.said, given.idleMs).exceeded(at, exchange);
      assert.deepEqual(error && [error.status, error.details], want);
    });
  }

  it('leave to the body of a response whose head was limited what is left of the whole', () => {
    const limits = limitsOf(900, HEAD_OF_500);
    assert.equal(limits.exceeded(1300, RESPONDING), null);
    assert.equal(limits.exceeded(1499, RESPONDING), null);
    assert.equal(limits.exceeded(1500, RESPONDING)?.details, 'response_timeout');
  });

  it('leave a body whatever time it takes where only the head has a limit', () => {
    const limits = limitsOf(0, saying({ timeoutMs: 0, headMs: 300 }));
    assert.equal(limits.exceeded(1300, RESPONDING), null);
    assert.equal(limits.exceeded(1e9, RESPONDING), null);
  });

  interface Chosen {
    name: string;
    routes: (StreamLimits | undefined)[];
    /** Whether a filter has waited between two choices. */
    waits?: boolean;
    managerMs?: number;
    want: [endsAtMs: number, details: string] | null;
  }
  const duration = (maxMs: number | null): StreamLimits => ({
    idleMs: null,
    duration: { maxMs, grpcMaxMs: null, grpcOffsetMs: 0 },
  });
  const idle = (idleMs: number): StreamLimits => ({ idleMs, duration: null });
  const over = (ms: number): [number, string] => [ms, 'max_duration_timeout'];
  const silent = (ms: number): [number, string] => [ms, 'stream_idle_timeout'];
  /** Envoy 1.40 was asked for each. */
  const chosen: Chosen[] = [
    { name: 'the route’s duration', routes: [duration(300)], want: over(300) },
    { name: 'the duration of a route chosen later', routes: [undefined, duration(300)], want: over(300) },
    { name: 'no duration that a later route has not', routes: [duration(300), undefined], want: null },
    {
      name: 'the manager’s duration, where the later route has none',
      routes: [duration(300), undefined],
      managerMs: 500,
      want: over(500),
    },
    { name: 'the route’s silence', routes: [idle(300)], waits: true, want: silent(300) },
    { name: 'the first route’s silence', routes: [idle(300), idle(800)], waits: true, want: silent(300) },
    { name: 'the last route’s, before anything waits', routes: [idle(300), idle(800)], want: silent(800) },
    { name: 'none where a later route has none', routes: [idle(300), idle(0)], waits: true, want: null },
    { name: 'no silence that began before', routes: [undefined, idle(300)], waits: true, want: null },
    {
      name: 'the silence of a route that a later one says nothing of',
      routes: [idle(300), undefined],
      waits: true,
      want: silent(300),
    },
    {
      name: 'both, the duration first',
      routes: [{ ...duration(300), idleMs: 300 }],
      want: over(300),
    },
    { name: 'both, whichever ends first', routes: [{ ...duration(300), idleMs: 200 }], want: silent(200) },
  ];
  for (const { name, routes, waits = false, managerMs = 0, want } of chosen) {
    it(`are, of the routes that are chosen: ${name}`, () => {
      const deadlines = new Deadlines();
      deadlines.tick(1000);
      const options = { streamIdleTimeoutMs: 0, maxStreamDurationMs: managerMs };
      const limits = new ExchangeLimits(deadlines, options, 1000);
      for (const route of routes) {
        limits.follow(route, new HeaderList());
        if (waits) limits.noteWaiting();
      }
      const [ms, details] = want ?? [1e9, undefined];
      assert.equal(limits.exceeded(1000 + ms - 1, WAITING), null);
      assert.equal(limits.exceeded(1000 + ms, WAITING)?.details, details);
    });
  }

  it('count silence from the last byte', () => {
    const deadlines = new Deadlines();
    const limits = new ExchangeLimits(deadlines, { streamIdleTimeoutMs: 200, maxStreamDurationMs: 0 }, 0);
    deadlines.tick(150);
    limits.noteActivity();
    assert.equal(limits.exceeded(349, WAITING), null);
    assert.equal(limits.exceeded(350, WAITING)?.details, 'stream_idle_timeout');
  });
});
