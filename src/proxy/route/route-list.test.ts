import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { RouteMatchSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { TestStream } from '../../../test/fixtures/filter-stream.ts';
import { FirstMatchIndex, type MatchedRequest, withoutQuery } from '../../core/match/index.ts';
import { Findings } from '../../resources/index.ts';
import { type Chance, ReplayedChance } from '../chance.ts';
import { type Circumstances, NO_CIRCUMSTANCES } from './circumstances.ts';
import { compileRequestMatcher } from './request-matcher.ts';
import { RouteList } from './route-list.ts';

function entriesOf(matches: readonly JsonValue[], use: 'route' | 'rule', asked: number[] = []) {
  return matches.map((match, order) => {
    const matcher = compileRequestMatcher(fromJson(RouteMatchSchema, match), use, new Findings());
    assert.ok(matcher !== null, JSON.stringify(match));
    const accepts = (path: string, request: MatchedRequest) => {
      asked.push(order);
      return matcher.matches(path, request, null);
    };
    return { order, matcher, hint: matcher.hint, accepts };
  });
}

const text = fc.constantFrom('a', 'b', 'ab', 'é');
const stringMatch = fc.oneof(
  fc.record({ exact: fc.constantFrom('a', 'b', 'ab', 'é', ''), ignore_case: fc.boolean() }),
  fc.record({ prefix: text }),
  fc.record({ contains: text }),
  fc.record({ suffix: text, ignore_case: fc.boolean() }),
  fc.constant({ safe_regex: { regex: 'a.*' } }),
);
const valueMatch = fc.oneof(
  fc.record({ string_match: stringMatch }),
  fc.record({ string_match: stringMatch }),
  fc.record({ present_match: fc.boolean() }),
);
const header = fc
  .tuple(
    fc.constantFrom('x', 'Y', 'z', ':method', ':path', 'host', ':authority', ':scheme'),
    fc.oneof(
      valueMatch,
      fc.record({ exact_match: fc.constantFrom('a', '') }),
      fc.record({ range_match: fc.constant({ start: 1, end: 2 }) }),
      fc.constant({}),
    ),
    fc.record({ invert_match: fc.boolean(), treat_missing_header_as_empty: fc.boolean() }),
  )
  .map(([name, specifier, flags]) => ({ name, ...specifier, ...flags }));
const parameter = fc
  .tuple(fc.constantFrom('x', 'y', 'x='), valueMatch)
  .map(([name, specifier]) => ({ name, ...specifier }));
const path = fc.oneof(
  fc.constant({ prefix: '/' }),
  fc.constant({ prefix: '/a', case_sensitive: false }),
  fc.constantFrom('/a', '/b').map((exact) => ({ path: exact })),
  fc.constant({ safe_regex: { regex: '/(a|b)' } }),
);
const byHead = fc
  .tuple(path, fc.array(header, { maxLength: 2 }), fc.array(parameter, { maxLength: 2 }))
  .map(([specifier, headers, query_parameters]) => ({ ...specifier, headers, query_parameters }));
const share = fc
  .constantFrom(0, 1, 50, 100)
  .map((numerator) => ({ runtime_fraction: { default_value: { numerator } } }));
const byMore = fc
  .tuple(
    byHead,
    fc.oneof(share, fc.constant({ tls_context: { presented: true } }), fc.constant({ grpc: {} })),
  )
  .map(([match, more]) => ({ ...match, ...more }));

const spelled = fc.constantFrom('a', 'b', 'A', 'ab', Buffer.from('é').toString('latin1'), '1', '');
const request = fc
  .record({
    method: fc.constantFrom('GET', 'a'),
    path: fc.constantFrom('/', '/a', '/A', '/b', '/b/c'),
    query: fc.array(
      fc.tuple(fc.constantFrom('x', 'y', 'z', ''), fc.constantFrom('', '=', '=a', '=b=', '=%61')),
      {
        maxLength: 4,
      },
    ),
    headers: fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z', ':method'), spelled), { maxLength: 4 }),
  })
  .map(({ method, path: bare, query, headers }) => {
    const parameters = query.map(([name, value]) => `${name}${value}`).join('&');
    const { request: made } = new TestStream({ method, path: query.length ? `${bare}?${parameters}` : bare });
    for (const [name, value] of headers) made.headers.append(name, value);
    return made;
  });

/** Chance that tells how often it was asked. */
class CountedChance implements Chance {
  asked = 0;
  readonly #words = new ReplayedChance({ randomValue: 49, draws: [] });

  part(bounds: readonly number[]): number {
    this.asked++;
    return this.#words.part(bounds);
  }

  draws(): boolean {
    this.asked++;
    return true;
  }
}

describe('the first of many matches is the one that asking one after another finds', () => {
  it('of rules, by path, headers and query parameters', () => {
    fc.assert(
      fc.property(
        fc.array(byHead, { maxLength: 10 }),
        fc.array(request, { minLength: 1, maxLength: 6 }),
        (matches, requests) => {
          const entries = entriesOf(matches, 'rule');
          const index = new FirstMatchIndex(entries);
          for (const one of requests) {
            const bare = withoutQuery(one.path);
            const want = entries.find(({ matcher }) => matcher.matches(bare, one, null));
            assert.equal(index.first(bare, one)?.order, want?.order);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('of routes, with chance asked as often', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(byHead, byMore), { maxLength: 10 }),
        fc.array(request, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (matches, requests, hasCertificate) => {
          const entries = entriesOf(matches, 'route');
          const list = new RouteList(entries);
          for (const one of requests) {
            const bare = withoutQuery(one.path);
            const [chance, wanted] = [new CountedChance(), new CountedChance()];
            const around: Circumstances = {
              ...NO_CIRCUMSTANCES,
              connection: hasCertificate ? { peer: {} } : {},
            };
            const want = entries.find(({ matcher }) =>
              matcher.matches(bare, one, null, { ...around, chance: wanted }),
            );
            assert.equal(list.first(bare, one, { ...around, chance })?.order, want?.order);
            assert.equal(chance.asked, wanted.asked);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('of a thousand matches that differ', () => {
  const many = (match: (index: number) => object) =>
    Array.from({ length: 1000 }, (_, index) => ({ prefix: '/', ...match(index) }));
  const cases: { name: string; match(index: number): object; path?: string; headers?: [string, string][] }[] =
    [
      {
        name: 'by the value of a header',
        match: (index) => ({ headers: [{ name: 'x', string_match: { exact: `v${index}` } }] }),
        headers: [['x', 'v999']],
      },
      {
        name: 'by the name of a header',
        match: (index) => ({ headers: [{ name: `x-${index}`, string_match: { prefix: 'v' } }] }),
        headers: [['x-999', 'v']],
      },
      {
        name: 'by the value of a query parameter',
        match: (index) => ({ query_parameters: [{ name: 'x', string_match: { exact: `v${index}` } }] }),
        path: '/?y=1&x=v999&x=v1',
      },
      {
        name: 'by a query parameter that is there',
        match: (index) => ({ query_parameters: [{ name: `x-${index}`, present_match: true }] }),
        path: '/?x-999',
      },
      {
        name: 'by a header beside one that all want',
        match: (index) => ({
          headers: [
            { name: ':method', string_match: { exact: 'GET' } },
            { name: 'x', string_match: { exact: `v${index}` } },
          ],
        }),
        headers: [['x', 'v999']],
      },
    ];
  for (const { name, match, path: target = '/', headers = [] } of cases) {
    it(`${name}, one is asked`, () => {
      const asked: number[] = [];
      const index = new FirstMatchIndex(entriesOf(many(match), 'rule', asked));
      const { request: one } = new TestStream({ path: target, headers });
      assert.equal(index.first('/', one)?.order, 999);
      assert.deepEqual(asked, [999]);
    });
  }
});
