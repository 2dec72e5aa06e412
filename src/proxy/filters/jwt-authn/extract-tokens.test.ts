import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import {
  type JwtProvider,
  JwtProviderSchema,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { type StreamWords, TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { extractTokens } from './extract-tokens.ts';
import { allowsIssuer, compileLocations, describeLocation } from './locations.ts';

const provider = (
  init: Partial<Pick<JwtProvider, 'issuer' | 'fromParams' | 'fromCookies'>> & {
    fromHeaders?: [string, string][];
  },
) =>
  create(JwtProviderSchema, {
    ...init,
    fromHeaders: (init.fromHeaders ?? []).map(([name, valuePrefix]) => ({ name, valuePrefix })),
  });

const bearer = (value: string) => [['authorization', value] as const];

describe('tokens are found where their provider says', () => {
  const usual = provider({});
  const sorted = provider({
    fromHeaders: [
      ['X-B', ''],
      ['x-a', 'p:'],
      ['x-b', 'q'],
    ],
    fromParams: ['t', 'Z'],
    fromCookies: ['d', 'c'],
  });
  const cookies = provider({ fromCookies: ['s'] });
  const table: { name: string; of: JwtProvider; given: StreamWords; want: string[] }[] = [
    { name: 'bearer by default', of: usual, given: { headers: bearer('Bearer abc') }, want: ['abc'] },
    { name: 'access_token by default', of: usual, given: { path: '/?access_token=abc' }, want: ['abc'] },
    {
      name: 'both',
      of: usual,
      given: { path: '/?access_token=q', headers: bearer('Bearer h') },
      want: ['h', 'q'],
    },
    { name: 'the prefix anywhere', of: usual, given: { headers: bearer('Basic Bearer abc') }, want: ['abc'] },
    { name: 'the prefix minds case', of: usual, given: { headers: bearer('bearer abc') }, want: [] },
    {
      name: 'from the first character of a token',
      of: usual,
      given: { headers: bearer('Bearer "!abc"') },
      want: ['abc"'],
    },
    { name: 'a dot is one', of: usual, given: { headers: bearer('Bearer (.a') }, want: ['.a'] },
    {
      name: 'the whole value when there is none',
      of: usual,
      given: { headers: bearer('Bearer $$') },
      want: ['Bearer $$'],
    },
    { name: 'everything to the end', of: usual, given: { headers: bearer('Bearer a b,c') }, want: ['a b,c'] },
    {
      name: 'authorization lines are one value',
      of: usual,
      given: { headers: [...bearer('Bearer a'), ...bearer('Bearer b')] },
      want: ['a,Bearer b'],
    },
    {
      name: 'headers, parameters, cookies, each in the order of names and prefixes',
      of: sorted,
      given: {
        path: '/?t=t1&Z=z1',
        headers: [
          ['x-b', 'qb'],
          ['x-a', 'p:a1'],
          ['x-a', 'p:a2'],
          ['cookie', 'd=d1; c=c1'],
        ],
      },
      want: ['a1', 'a2', 'qb', 'b', 'z1', 't1', 'c1', 'd1'],
    },
    {
      name: 'an empty header is an empty token',
      of: provider({ fromHeaders: [['x', '']] }),
      given: { headers: [['x', '']] },
      want: [''],
    },
    { name: 'cookie', of: cookies, given: { headers: [['cookie', 'a=1;  s=abc']] }, want: ['abc'] },
    {
      name: 'quotes around a cookie go',
      of: cookies,
      given: { headers: [['cookie', 's="abc"']] },
      want: ['abc'],
    },
    { name: 'one quote stays', of: cookies, given: { headers: [['cookie', 's="abc']] }, want: ['"abc'] },
    { name: 'a lone quote stays', of: cookies, given: { headers: [['cookie', 's="']] }, want: ['"'] },
    {
      name: 'a blank before the equals sign is part of the name',
      of: cookies,
      given: { headers: [['cookie', 's =abc']] },
      want: [],
    },
    { name: 'a tab is too', of: cookies, given: { headers: [['cookie', 'a=1;\ts=abc']] }, want: [] },
    {
      name: 'a value is not trimmed',
      of: cookies,
      given: { headers: [['cookie', 's= abc ;b=1']] },
      want: [' abc '],
    },
    {
      name: 'the first cookie counts',
      of: cookies,
      given: {
        headers: [
          ['cookie', 'a=b'],
          ['cookie', 's=1; s=2'],
          ['cookie', 's=3'],
        ],
      },
      want: ['1'],
    },
    {
      name: 'an empty cookie is an empty token',
      of: cookies,
      given: { headers: [['cookie', 's=']] },
      want: [''],
    },
    { name: 'a name alone is no cookie', of: cookies, given: { headers: [['cookie', 's']] }, want: [] },
    {
      name: 'cookies switch the defaults off',
      of: cookies,
      given: { headers: bearer('Bearer abc') },
      want: [],
    },
    {
      name: 'of two headers with one key the first listed counts',
      of: provider({
        fromHeaders: [
          ['a', 'bc'],
          ['ab', 'c'],
        ],
      }),
      given: {
        headers: [
          ['a', 'bc1'],
          ['ab', 'c2'],
        ],
      },
      want: ['1'],
    },
  ];
  for (const { name, of, given, want } of table) {
    it(name, () => {
      const found = extractTokens(new TestStream(given).request, compileLocations([of]));
      assert.deepEqual(
        found.map(({ text }) => text),
        want,
      );
    });
  }
});

describe('a place of several providers', () => {
  it('is visited once and takes the tokens of any of them', () => {
    const locations = compileLocations([provider({ issuer: 'a' }), provider({ issuer: 'b' })]);
    const found = extractTokens(new TestStream({ headers: bearer('Bearer x') }).request, locations);
    assert.equal(found.length, 1);
    const { location } = found[0]!;
    assert.deepEqual(
      ['a', 'b', 'c'].map((issuer) => allowsIssuer(location, issuer)),
      [true, true, false],
    );
    assert.equal(describeLocation(location), 'header authorization after "Bearer "');
  });

  it('takes every token when one of them names no issuer', () => {
    const { headers } = compileLocations([provider({ issuer: 'a' }), provider({})]);
    assert.equal(allowsIssuer(headers[0]!, 'c'), true);
  });
});

describe('many places', () => {
  /** Counts how often it is asked. */
  class Counted extends Map<string, number> {
    asked = 0;
    override get(name: string): number | undefined {
      this.asked++;
      return super.get(name);
    }
  }
  const numbers = Array.from({ length: 300 }, (_, index) => index);
  const named = (prefix: string) => numbers.map((number) => `${prefix}${number}`);
  const locations = compileLocations([provider({ fromParams: named('t'), fromCookies: named('c') })]);
  const parameterPlaces = new Counted(locations.parameterPlaces);
  const cookiePlaces = new Counted(locations.cookiePlaces);
  const find = (given: StreamWords) =>
    extractTokens(new TestStream(given).request, { ...locations, parameterPlaces, cookiePlaces });

  it('are found in one walk over the query, in their own order', () => {
    const others = 'x=1&'.repeat(100);
    const found = find({ path: `/?${others}t2=b&t10=a&t2=x&%7410=y` });
    assert.deepEqual(
      found.map(({ text, location }) => [location.name, text]),
      [
        ['t10', 'a'],
        ['t2', 'b'],
      ],
    );
    assert.equal(parameterPlaces.asked, 104);
  });

  it('are found in one walk over the cookies, in their own order', () => {
    const found = find({
      headers: [['cookie', `${'x=1; '.repeat(100)}c2=b; c10="a"`] as const, ['cookie', 'c2=x']],
    });
    assert.deepEqual(
      found.map(({ text, location }) => [location.name, text]),
      [
        ['c10', 'a'],
        ['c2', 'b'],
      ],
    );
    assert.equal(cookiePlaces.asked, 103);
  });
});

describe('once a token was taken out of a query', () => {
  const stripped = { path: '/?c=1%26t=b&t=a', asEnvoy: '/?c=1&t=b&t=a' };
  const find = (path: string) => {
    const { request } = new TestStream({ path });
    request.stripped = stripped;
    const locations = compileLocations([provider({ fromParams: ['t'] })]);
    return extractTokens(request, locations).map(({ text }) => text);
  };

  it('the next is looked for in what Envoy wrote', () => assert.deepEqual(find(stripped.path), ['b']));

  it('the next is looked for in another path that a filter has written since', () =>
    assert.deepEqual(find('/?t=c'), ['c']));
});
