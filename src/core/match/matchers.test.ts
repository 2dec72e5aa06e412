import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileHeaderMatcher, type HeaderMatcherConfig } from './header-matcher.ts';
import { createIpRange } from './ip-range.ts';
import type { MatchedRequest } from './matched-request.ts';
import { withoutQuery } from './matched-request.ts';
import { compileMetadataMatcher } from './metadata-matcher.ts';
import { createPathMatcher } from './path-matcher.ts';
import { compileQueryParameterMatcher } from './query-parameter-matcher.ts';
import { compileStringMatcher, type StringMatcherConfig } from './string-matcher.ts';
import type { MatchedValue, ValueMatcherConfig } from './value-matcher.ts';

const refuse = (message: string) => assert.fail(message);

function requestWith(lines: [string, string][], path = '/p?q=1'): MatchedRequest {
  return {
    method: 'GET',
    scheme: 'http',
    authority: 'host:80',
    path,
    headers: { names: lines.map(([name]) => name), values: lines.map(([, value]) => value) },
  };
}

describe('string matchers', () => {
  const of = (kind: 'exact' | 'prefix' | 'suffix' | 'contains', value: string, ignoreCase = false) =>
    ({ matchPattern: { case: kind, value }, ignoreCase }) as StringMatcherConfig;
  const table: { name: string; given: StringMatcherConfig; text: string; want: boolean }[] = [
    { name: 'exact', given: of('exact', 'a'), text: 'a', want: true },
    { name: 'exact is not a part', given: of('exact', 'a'), text: 'ab', want: false },
    { name: 'exact minds case', given: of('exact', 'a'), text: 'A', want: false },
    { name: 'exact in any case', given: of('exact', 'aB'), text: 'Ab', want: true },
    { name: 'any case is for ASCII alone', given: of('exact', 'é', true), text: '\xc3\x89', want: false },
    { name: 'prefix', given: of('prefix', 'ab'), text: 'abc', want: true },
    { name: 'suffix', given: of('suffix', 'bc'), text: 'abc', want: true },
    { name: 'contains', given: of('contains', 'B', true), text: 'abc', want: true },
    {
      name: 'letters beyond ASCII are compared as bytes',
      given: of('exact', 'é'),
      text: '\xc3\xa9',
      want: true,
    },
  ];
  table[3]!.given.ignoreCase = true;
  for (const { name, given, text, want } of table) {
    it(name, () => assert.equal(compileStringMatcher(given, refuse)?.matches(text), want));
  }

  it('refuse what they cannot do, by name', () => {
    const messages: string[] = [];
    const collect = (message: string) => void messages.push(message);
    assert.equal(
      compileStringMatcher({ matchPattern: { case: 'custom', value: {} }, ignoreCase: false }, collect),
      null,
    );
    assert.equal(
      compileStringMatcher({ matchPattern: { case: undefined }, ignoreCase: false }, collect),
      null,
    );
    assert.equal(
      compileStringMatcher(
        { matchPattern: { case: 'safeRegex', value: { regex: '[' } }, ignoreCase: false },
        collect,
      ),
      null,
    );
    const pattern = { case: 'safeRegex' as const, value: { regex: 'a' } };
    assert.equal(compileStringMatcher({ matchPattern: pattern, ignoreCase: true }, collect), null);
    assert.match(messages[3]!, /ignore_case/);
    assert.match(messages[0]!, /custom/);
    assert.match(messages[2]!, /missing \]: \[/);
  });
});

describe('header matchers', () => {
  const of = (
    specifier: HeaderMatcherConfig['headerMatchSpecifier'],
    more: Partial<HeaderMatcherConfig> = {},
  ) => ({
    name: 'X-A',
    headerMatchSpecifier: specifier,
    invertMatch: false,
    treatMissingHeaderAsEmpty: false,
    ...more,
  });
  const exact = (value: string) => ({ case: 'exactMatch' as const, value });
  const inverted = { invertMatch: true };
  const range = { case: 'rangeMatch' as const, value: { start: -5n, end: 10n } };
  const table: { name: string; given: HeaderMatcherConfig; lines: [string, string][]; want: boolean }[] = [
    { name: 'no specifier tests presence', given: of({ case: undefined }), lines: [['x-a', '']], want: true },
    {
      name: 'present_match false wants absence',
      given: of({ case: 'presentMatch', value: false }),
      lines: [],
      want: true,
    },
    {
      name: 'inverted presence wants absence',
      given: of({ case: 'presentMatch', value: true }, inverted),
      lines: [],
      want: true,
    },
    { name: 'exact', given: of(exact('1')), lines: [['x-a', '1']], want: true },
    {
      name: 'any single line is enough',
      given: of(exact('2')),
      lines: [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
      want: true,
    },
    {
      name: 'the joined value is not looked at',
      given: of(exact('1,2')),
      lines: [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
      want: false,
    },
    {
      name: 'inverted: no line may match',
      given: of(exact('2'), inverted),
      lines: [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
      want: false,
    },
    {
      name: 'inverted: none matches',
      given: of(exact('3'), inverted),
      lines: [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
      want: true,
    },
    { name: 'a missing header fails', given: of(exact('1')), lines: [], want: false },
    { name: 'an empty exact_match takes any value', given: of(exact('')), lines: [['x-a', '1']], want: true },
    { name: 'but not a missing header', given: of(exact('')), lines: [], want: false },
    {
      name: 'a missing header fails an inverted matcher too',
      given: of(exact('1'), inverted),
      lines: [],
      want: false,
    },
    {
      name: 'unless it counts as empty',
      given: of(exact('1'), { ...inverted, treatMissingHeaderAsEmpty: true }),
      lines: [],
      want: true,
    },
    { name: 'range includes its start', given: of(range), lines: [['x-a', '-5']], want: true },
    { name: 'range excludes its end', given: of(range), lines: [['x-a', '10']], want: false },
    { name: 'range takes a plus sign', given: of(range), lines: [['x-a', '+2']], want: true },
    { name: 'range takes whole numbers only', given: of(range), lines: [['x-a', '1.5']], want: false },
    {
      name: 'range ends at 64 bits',
      given: of(range),
      lines: [['x-a', '-99999999999999999999']],
      want: false,
    },
    { name: 'prefix', given: of({ case: 'prefixMatch', value: 'a' }), lines: [['x-a', 'ab']], want: true },
    { name: 'suffix', given: of({ case: 'suffixMatch', value: 'b' }), lines: [['x-a', 'ab']], want: true },
    {
      name: 'contains',
      given: of({ case: 'containsMatch', value: 'b' }),
      lines: [['x-a', 'abc']],
      want: true,
    },
    {
      name: 'regex',
      given: of({ case: 'safeRegexMatch', value: { regex: 'a+' } }),
      lines: [['x-a', 'aaa']],
      want: true,
    },
    {
      name: ':path is the target with its query',
      given: { ...of(exact('/p?q=1')), name: ':path' },
      lines: [],
      want: true,
    },
    { name: ':method', given: { ...of(exact('GET')), name: ':method' }, lines: [], want: true },
    { name: ':scheme', given: { ...of(exact('http')), name: ':scheme' }, lines: [], want: true },
    {
      name: 'host is the authority',
      given: { ...of(exact('host:80')), name: 'Host' },
      lines: [],
      want: true,
    },
  ];
  for (const { name, given, lines, want } of table) {
    it(name, () =>
      assert.equal(compileHeaderMatcher(given, refuse)?.matches(requestWith(lines), null), want),
    );
  }
});

describe('path matchers', () => {
  const table = [
    { name: 'prefix is a text prefix', kind: 'prefix', value: '/match', path: '/matching', want: true },
    { name: 'path is exact', kind: 'path', value: '/match', path: '/match/', want: false },
    {
      name: 'separated prefix ends at a slash',
      kind: 'path_separated_prefix',
      value: '/a',
      path: '/a/b',
      want: true,
    },
    {
      name: 'separated prefix may be all',
      kind: 'path_separated_prefix',
      value: '/a',
      path: '/a',
      want: true,
    },
    {
      name: 'separated prefix is no text prefix',
      kind: 'path_separated_prefix',
      value: '/a',
      path: '/ab',
      want: false,
    },
  ] as const;
  for (const { name, kind, value, path, want } of table) {
    it(name, () => assert.equal(createPathMatcher(kind, value, false).matches(path), want));
  }

  it('leave the query and the fragment out', () => {
    assert.equal(withoutQuery('/a?b#c'), '/a');
    assert.equal(withoutQuery('/a#c?b'), '/a');
    assert.equal(withoutQuery('/a'), '/a');
  });
});

describe('query parameter matchers', () => {
  const value = (text: string) => ({
    case: 'stringMatch' as const,
    value: { matchPattern: { case: 'exact' as const, value: text }, ignoreCase: false },
  });
  const table = [
    { name: 'the first value counts', specifier: value('1'), path: '/?a=1&a=2', want: true },
    { name: 'not the second', specifier: value('2'), path: '/?a=1&a=2', want: false },
    { name: 'nothing is decoded', specifier: value(' '), path: '/?a=%20', want: false },
    {
      name: 'a bare name is present',
      specifier: { case: 'presentMatch' as const, value: true },
      path: '/?x&a',
      want: true,
    },
    { name: 'a bare name has the empty value', specifier: value(''), path: '/?a&b=1', want: true },
    { name: 'names mind case', specifier: { case: undefined }, path: '/?A=1', want: false },
    { name: 'no query', specifier: { case: undefined }, path: '/a', want: false },
    {
      name: 'present_match false wants absence',
      specifier: { case: 'presentMatch' as const, value: false },
      path: '/',
      want: true,
    },
  ];
  for (const { name, specifier, path, want } of table) {
    it(name, () =>
      assert.equal(
        compileQueryParameterMatcher({ name: 'a', queryParameterMatchSpecifier: specifier }, refuse)?.matches(
          path,
          null,
        ),
        want,
      ),
    );
  }
});

describe('metadata matchers', () => {
  const text = (value: string): ValueMatcherConfig => ({
    matchPattern: {
      case: 'stringMatch',
      value: { matchPattern: { case: 'exact', value }, ignoreCase: false },
    },
  });
  const oneOf = (value: ValueMatcherConfig): ValueMatcherConfig => ({
    matchPattern: { case: 'listMatch', value: { matchPattern: { case: 'oneOf', value } } },
  });
  const range: ValueMatcherConfig = {
    matchPattern: {
      case: 'doubleMatch',
      value: { matchPattern: { case: 'range', value: { start: 1, end: 2 } } },
    },
  };
  const present = (value: boolean): ValueMatcherConfig => ({ matchPattern: { case: 'presentMatch', value } });
  const table: {
    name: string;
    given: ValueMatcherConfig;
    claim: MatchedValue | undefined;
    want: boolean;
    invert?: boolean;
  }[] = [
    { name: 'text', given: text('a'), claim: 'a', want: true },
    { name: 'text beyond ASCII', given: text('é'), claim: 'é', want: true },
    { name: 'text does not look into lists', given: text('a'), claim: ['a'], want: false },
    { name: 'a list has one of', given: oneOf(text('a')), claim: ['b', 'a'], want: true },
    { name: 'list_match fails on plain text', given: oneOf(text('a')), claim: 'a', want: false },
    { name: 'null', given: { matchPattern: { case: 'nullMatch', value: {} } }, claim: null, want: true },
    {
      name: 'a missing claim is not null',
      given: { matchPattern: { case: 'nullMatch', value: {} } },
      claim: undefined,
      want: false,
    },
    { name: 'bool', given: { matchPattern: { case: 'boolMatch', value: false } }, claim: false, want: true },
    { name: 'present', given: present(true), claim: null, want: true },
    { name: 'present_match false matches nothing', given: present(false), claim: undefined, want: false },
    { name: 'range includes its start', given: range, claim: 1, want: true },
    { name: 'range excludes its end', given: range, claim: 2, want: false },
    {
      name: 'a number exactly',
      given: { matchPattern: { case: 'doubleMatch', value: { matchPattern: { case: 'exact', value: 3 } } } },
      claim: 3,
      want: true,
    },
    {
      name: 'or',
      given: { matchPattern: { case: 'orMatch', value: { valueMatchers: [text('b'), text('a')] } } },
      claim: 'a',
      want: true,
    },
    { name: 'a missing claim fails a plain matcher', given: text('a'), claim: undefined, want: false },
    {
      name: 'a missing claim passes an inverted one',
      given: text('a'),
      claim: undefined,
      invert: true,
      want: true,
    },
  ];
  for (const { name, given, claim, want, invert = false } of table) {
    it(name, () => {
      const key = (value: string) => ({ segment: { case: 'key' as const, value } });
      const matcher = compileMetadataMatcher(
        { filter: 'f', path: [key('p'), key('c.d')], value: given, invert },
        refuse,
      );
      const payload = claim === undefined ? {} : { 'c.d': claim };
      const source = new Map([['f', new Map([['p', payload]])]]);
      assert.equal(matcher?.matches(source, null), want);
    });
  }

  it('never reach into the prototype of an object', () => {
    const key = (value: string) => ({ segment: { case: 'key' as const, value } });
    const matcher = compileMetadataMatcher(
      { filter: 'f', path: [key('p'), key('constructor')], value: present(true), invert: false },
      refuse,
    );
    assert.equal(matcher?.matches(new Map([['f', new Map([['p', {}]])]]), null), false);
  });
});

describe('IP ranges', () => {
  const table = [
    { prefix: '10.0.0.0', length: 8, address: '10.255.1.2', want: true },
    { prefix: '10.0.0.0', length: 8, address: '11.0.0.0', want: false },
    { prefix: '10.0.0.128', length: 25, address: '10.0.0.127', want: false },
    { prefix: '10.0.0.128', length: 25, address: '10.0.0.200', want: true },
    { prefix: '0.0.0.0', length: undefined, address: '1.2.3.4', want: true },
    { prefix: '0.0.0.0', length: 0, address: '::1', want: false },
    { prefix: '127.0.0.1', length: 32, address: '::ffff:127.0.0.1', want: false },
    { prefix: '::ffff:127.0.0.0', length: 104, address: '::ffff:127.0.0.1', want: true },
    { prefix: '2001:db8::', length: 33, address: '2001:db8:7fff::1', want: true },
    { prefix: '2001:db8::', length: 33, address: '2001:db8:8000::1', want: false },
    { prefix: '::1', length: 128, address: '::1', want: true },
  ];
  for (const { prefix, length, address, want } of table) {
    it(`${prefix}/${length} ${want ? 'holds' : 'does not hold'} ${address}`, () =>
      assert.equal(createIpRange(prefix, length)?.contains(address), want));
  }

  const zones = ['2001:db8::1%lo', '::1%', 'fe80::1%', '::ffff:1.2.3.4%lo', '::1%4294967296'];
  const none = ['', '1.2.3', '1.2.3.256', '01.2.3.4', 'a', '1::2::3', ':::', '1:2:3:4:5:6:7:8:9', ...zones];
  for (const text of ['fe80::1%lo', 'ff02::1%lo', '::1%1', '2001:db8::1%4294967295'])
    it(`\`${text}\` is an address`, () => assert.notEqual(createIpRange(text, 8), null));
  for (const text of none) {
    it(`\`${text}\` is no address`, () => assert.equal(createIpRange(text, 8), null));
  }
});
