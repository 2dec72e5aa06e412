import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { type RouteMatch, RouteMatchSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { CoverIndex } from './cover-index.ts';

/** What covering means, pair by pair. */
function covers(first: RouteMatch, second: RouteMatch): boolean {
  if (first.headers.length > 0 || first.queryParameters.length > 0 || first.grpc !== undefined) return false;
  const [outer, inner] = [first.pathSpecifier, second.pathSpecifier];
  if (outer.case === 'safeRegex') {
    const same = inner.case === 'safeRegex' && inner.value.regex === outer.value.regex;
    return outer.value.regex === '.*' || same;
  }
  if (outer.case === 'prefix' && (outer.value === '/' || outer.value === ''))
    return inner.case !== 'connectMatcher';
  const ignoresCase = first.caseSensitive === false;
  if (second.caseSensitive === false && !ignoresCase) return false;
  const [text, other] = [textOf(first), textOf(second)];
  if (text === undefined || other === undefined) return false;
  return ignoresCase
    ? coversText(outer.case, text.toLowerCase(), inner.case, other.toLowerCase())
    : coversText(outer.case, text, inner.case, other);
}

function textOf({ pathSpecifier: path }: RouteMatch): string | undefined {
  return path.case === 'prefix' || path.case === 'path' || path.case === 'pathSeparatedPrefix'
    ? path.value
    : undefined;
}

function coversText(outer: string | undefined, text: string, inner: string | undefined, other: string) {
  if (outer === 'prefix') return other.startsWith(text);
  if (outer === 'path') return inner === 'path' && other === text;
  const isBelow = other.startsWith(`${text}/`);
  return inner === 'prefix' ? isBelow : isBelow || other === text;
}

/** Numerical Recipes' generator: the same lists each time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

const TEXTS = ['', '/', '/a', '/a/', '/A', '/a/b', '/a/B', '/ab', '/a/b/c', '/b', '.*', '/ab/c'];
const KINDS = ['prefix', 'path', 'pathSeparatedPrefix', 'safeRegex', 'connectMatcher', undefined] as const;

function matchFrom(random: Generator<number, never>): RouteMatch {
  const pick = <T>(list: readonly T[]): T => list[random.next().value % list.length] as T;
  const [kind, text] = [pick(KINDS), pick(TEXTS)];
  const match = create(RouteMatchSchema);
  const caseSensitive = pick([undefined, true, false, undefined]);
  if (caseSensitive !== undefined) match.caseSensitive = caseSensitive;
  if (pick([0, 0, 0, 1]) === 1)
    match.headers = create(RouteMatchSchema, { headers: [{ name: 'x' }] }).headers;
  if (kind === 'safeRegex')
    match.pathSpecifier = create(RouteMatchSchema, {
      pathSpecifier: { case: kind, value: { regex: text } },
    }).pathSpecifier;
  else if (kind === 'connectMatcher')
    match.pathSpecifier = create(RouteMatchSchema, {
      pathSpecifier: { case: kind, value: {} },
    }).pathSpecifier;
  else if (kind !== undefined) match.pathSpecifier = { case: kind, value: text };
  return match;
}

describe('the first match that covers another', () => {
  it('asks for nothing but the path', () => {
    const more = [
      { cookies: [{ name: 'a' }] },
      { tlsContext: { presented: true } },
      { filterState: [{ key: 'k' }] },
      { runtimeFraction: {} },
    ];
    for (const asked of more) {
      const index = new CoverIndex();
      const pathSpecifier = { case: 'prefix', value: '/' } as const;
      index.add(create(RouteMatchSchema, { pathSpecifier, ...asked }));
      assert.equal(index.findCover(create(RouteMatchSchema, { pathSpecifier })), undefined);
    }
  });

  it('is the one that a comparison of all pairs finds, over random lists', () => {
    const random = numbers(7);
    let found = 0;
    for (let round = 0; round < 2000; round++) {
      const list = Array.from({ length: 8 }, () => matchFrom(random));
      const index = new CoverIndex();
      for (const [at, match] of list.entries()) {
        const want = list.slice(0, at).findIndex((earlier) => covers(earlier, match));
        assert.equal(
          index.findCover(match) ?? -1,
          want,
          JSON.stringify(list.map((one) => one.pathSpecifier)),
        );
        if (want >= 0) found++;
        index.add(match);
      }
    }
    assert.ok(found > 1000);
  });
  it('an empty place takes a number too', () => {
    const index = new CoverIndex();
    index.add(undefined);
    index.add(create(RouteMatchSchema, { pathSpecifier: { case: 'prefix', value: '/' } }));
    assert.equal(index.findCover(create(RouteMatchSchema)), 1);
  });
  it('is found without comparing with each', () => {
    let read = 0;
    const index = new CoverIndex();
    const counted = (value: string) => {
      const match = create(RouteMatchSchema, { pathSpecifier: { case: 'prefix', value } });
      return new Proxy(match, {
        get: (target, key) => {
          if (key === 'pathSpecifier') read++;
          return Reflect.get(target, key);
        },
      });
    };
    for (let at = 0; at < 500; at++) index.add(counted(`/item${at}/`));
    read = 0;
    assert.equal(index.findCover(counted('/item499/x')), 499);
    assert.equal(read, 1);
  });
});
