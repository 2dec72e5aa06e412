import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { CidrRangeSchema } from '#schema/envoy/config/core/v3/address_pb.js';
import { addressesAround, onePerRanges } from './addresses-around.ts';
import { cellsOf, coverByBoxes } from './boxes.ts';
import { combinations } from './dimension.ts';
import { pathDimension, spellingsOf } from './path-dimension.ts';
import { regexSamples } from './regex-samples.ts';
import { hostsOf } from './request-space.ts';
import { candidatesFor, matchesAtom, representatives, type TextAtom } from './text-atom.ts';

describe('samples of an expression', () => {
  const cases: { given: string; want: string[] }[] = [
    { given: '/users/[^/]+/orders', want: ['/users/x/orders', '/users/xx/orders'] },
    { given: '/(api|v\\d)/.*', want: ['/api/', '/api/x', '/api/xx', '/v7/', '/v7/x', '/v7/xx'] },
    { given: '^/a{2,3}$', want: ['/aa', '/aaa'] },
    { given: '(?i)/x?', want: ['/', '/x', '/X'] },
    { given: '/(?P<id>[0-9]{4})\\.json', want: ['/0000.json', '/9999.json'] },
    { given: '[ab-d\\d-]', want: ['a', 'b', 'd', '7', '-'] },
    { given: '[^x7]', want: ['-'] },
    { given: 'a|b', want: ['a', 'b'] },
  ];
  for (const { given, want } of cases) {
    it(given, () => {
      assert.deepEqual(regexSamples(given), want);
      const flags = given.startsWith('(?i)') ? 'i' : '';
      const whole = new RegExp(`^(?:${given.replace('(?i)', '').replace('?P<', '?<')})$`, flags);
      for (const sample of regexSamples(given)) assert.match(sample, whole);
    });
  }
});

describe('samples of repetitions within repetitions', () => {
  const nested = (depth: number, repetition: string) =>
    `${'('.repeat(depth)}a${`)${repetition}`.repeat(depth)}`;

  it('are there once each', () => assert.deepEqual(regexSamples(nested(60, '{1,1}')), ['a']));

  for (const repetition of ['{1,2}', '{2}', '{64}', '{1,64}', '{2,}', '?', '*', '+']) {
    it(`are few and short, with ${repetition}`, () => {
      const samples = regexSamples(nested(60, repetition));
      assert.ok(samples.length <= 1000);
      assert.ok(samples.every(({ length }) => length <= 8192));
    });
  }
});

describe('two expressions that differ are told apart by a sample of one of them', () => {
  const many = Array.from({ length: 60 }, (_, index) => `p${index}`).join('|');
  const pairs: [one: string, other: string][] = [
    ['/v[12]/items', '/v[123]/items'],
    ['/v[0-9]/x', '/v[0-8]/x'],
    ['/a[0-9]+', '/a[0-9]*'],
    ['/a+', '/a'],
    ['/a{2}', '/a{3}'],
    ['/a{2,3}', '/a{2,4}'],
    ['/a{2,}', '/a{2}'],
    ['(?i)/a', '/a'],
    ['/(a|b)/x', '/(a|c)/x'],
    [`/(${many})/[ab]`, `/(${many})/[a]`],
    [`/(${many})/x`, `/(${many}|last)/x`],
  ];
  for (const [one, other] of pairs) {
    it(`${one.slice(0, 20)} and ${other.slice(0, 20)}`, () => {
      const [left, right] = [one, other].map((text) =>
        matchesAtom({ kind: 'regex', text, ignoreCase: false }),
      ) as [(text: string) => boolean, (text: string) => boolean];
      const samples = [...regexSamples(one), ...regexSamples(other)];
      assert.ok(samples.some((sample) => left(sample) !== right(sample)));
    });
  }
});

it('a range of addresses is told apart from a larger and a smaller one', () => {
  const around = (addressPrefix: string, prefixLen?: number) =>
    addressesAround(
      create(CidrRangeSchema, { addressPrefix, ...(prefixLen === undefined ? {} : { prefixLen }) }),
    );
  assert.deepEqual(around('10.0.0.0', 8), ['10.0.0.0', '10.128.0.0', '11.0.0.0']);
  assert.deepEqual(around('10.1.2.3', 32), ['10.1.2.3', '10.1.2.2']);
  assert.deepEqual(around('0.0.0.0', 0), ['0.0.0.0', '128.0.0.0']);
  assert.deepEqual(around('2001:db8::', 32), ['2001:db8::', '2001:db8:8000::', '2001:db9::']);
  const ranges = [8, 16].map((prefixLen) =>
    create(CidrRangeSchema, { addressPrefix: '10.0.0.0', prefixLen }),
  );
  const addresses = ['198.51.100.7', ...ranges.flatMap(addressesAround)];
  assert.deepEqual(onePerRanges(addresses, ranges), ['198.51.100.7', '10.0.0.0', '10.128.0.0']);
});

/** What an atom says of a path, written down once more. */
function holds({ kind, text }: TextAtom, path: string): boolean {
  if (kind === 'exact') return path === text;
  if (kind === 'prefix') return path.startsWith(text);
  return path === text || path.startsWith(`${text}/`);
}

const segment = fc
  .array(fc.constantFrom('a', 'b', '/'), { maxLength: 4 })
  .map((parts) => `/${parts.join('')}`);
const atom = fc
  .tuple(fc.constantFrom('exact', 'prefix', 'path-prefix'), segment)
  .map(([kind, text]): TextAtom => {
    const bare = kind === 'path-prefix' ? text.replace(/\/+$/, '') || '/a' : text;
    return { kind: kind as TextAtom['kind'], text: bare, ignoreCase: false };
  });

describe('the classes of paths', () => {
  it('every path is in the class of one that is tried', () => {
    fc.assert(
      fc.property(fc.array(atom, { maxLength: 5 }), segment, (atoms, path) => {
        const vector = (text: string) => atoms.map((one) => holds(one, text)).join();
        const tried = pathDimension(atoms).values.map(({ value }) => vector(value));
        assert.ok(tried.includes(vector(path)));
      }),
      { numRuns: 500 },
    );
  });
  it('no two that are tried are in one class', () => {
    fc.assert(
      fc.property(fc.array(atom, { maxLength: 5 }), (atoms) => {
        const tried = pathDimension(atoms).values.map(({ value }) =>
          atoms.map((one) => holds(one, value)).join(),
        );
        assert.equal(new Set(tried).size, tried.length);
      }),
    );
  });
  it('prefixes are joined with suffixes, and either case of what ignores it is tried', () => {
    const texts = candidatesFor([
      { kind: 'prefix', text: '/a', ignoreCase: true },
      { kind: 'suffix', text: '.js', ignoreCase: false },
    ]);
    for (const text of ['/a', '/a~', '.js', '~.js', '/a~.js', '/A', '~other'])
      assert.ok(texts.includes(text), text);
  });
  it('one text is enough for all that the atoms take for the same', () => {
    assert.deepEqual(representatives([{ kind: 'exact', text: 'clerk', ignoreCase: false }]), [
      'clerk',
      'clerk~',
    ]);
  });
  it('spellings know what they may be taken for', () => {
    const spellings = spellingsOf([{ kind: 'prefix', text: '/docs', ignoreCase: false }]);
    assert.deepEqual(
      spellings.map(({ path, meanings }) => `${path} = ${meanings.join(' or ')}`),
      [
        '/docs/../~other = /~other or /docs/~',
        '/docs/..%2f~other = /~other or /docs/~',
        '//docs = /docs or /~other',
        '//~other = /~other or /~other',
        '/~other%2fx = /~other',
      ],
    );
  });
});

describe('the hosts that are tried', () => {
  const cases: { given: string[]; want: string[] }[] = [
    { given: ['*'], want: ['other.example'] },
    { given: ['*.example', 'shop.*'], want: ['x.example', 'shop.x', 'other.test'] },
    { given: ['other.*', 'elsewhere.invalid'], want: ['other.x', 'elsewhere.invalid', 'nowhere.localhost'] },
  ];
  for (const { given, want } of cases) {
    it(`for ${given.join(' and ')} one is of no domain`, () =>
      assert.deepEqual(hostsOf(new Set(given)), want));
  }
});

describe('boxes', () => {
  it('cover exactly the cells that they are made of', () => {
    const sizes = [3, 2, 4];
    const anyCells = fc.uniqueArray(fc.tuple(fc.nat(2), fc.nat(1), fc.nat(3)), {
      selector: (cell) => cell.join(),
    });
    fc.assert(
      fc.property(anyCells, (cells) => {
        const covered = new Set(coverByBoxes(cells, sizes).flatMap((box) => cellsOf(box).map(String)));
        assert.deepEqual([...covered].sort(), cells.map(String).sort());
      }),
    );
  });
  it('go as far as they can', () => {
    const cells = [0, 1, 2].flatMap((row) => [0, 1].map((column) => [row, column]));
    assert.deepEqual(coverByBoxes(cells, [3, 2]), [
      [
        [0, 1, 2],
        [0, 1],
      ],
    ]);
  });
});

describe('combinations', () => {
  it('are all there up to the bound', () => {
    assert.deepEqual(
      combinations<number | string>(
        [
          [1, 2],
          ['a', 'b'],
        ],
        4,
      ),
      {
        rows: [
          [1, 'a'],
          [1, 'b'],
          [2, 'a'],
          [2, 'b'],
        ],
        complete: true,
      },
    );
  });
  it('are varied one at a time above it', () => {
    assert.deepEqual(
      combinations<number | string>(
        [
          [1, 2],
          ['a', 'b'],
        ],
        3,
      ),
      {
        rows: [
          [1, 'a'],
          [2, 'a'],
          [1, 'b'],
        ],
        complete: false,
      },
    );
  });
});
