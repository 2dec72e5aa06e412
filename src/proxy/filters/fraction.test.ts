import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import { RuntimeFractionalPercentSchema } from '#schema/envoy/config/core/v3/base_pb.js';
import { compileFraction } from './fraction.ts';

const percent = (default_value: { numerator: number; denominator?: string }) =>
  fromJson(RuntimeFractionalPercentSchema, { default_value });

describe('a fraction', () => {
  const table = [
    { name: 'not set, and nobody is meant', given: undefined, absent: 'none', want: [false, false] },
    { name: 'not set, and all are meant', given: undefined, absent: 'all', want: [true, true] },
    { name: '0 %', given: percent({ numerator: 0 }), absent: 'all', want: [false, false] },
    { name: '100 %', given: percent({ numerator: 100 }), absent: 'none', want: [true, true] },
    { name: 'more than all', given: percent({ numerator: 101 }), absent: 'none', want: [true, true] },
    { name: '50 %', given: percent({ numerator: 50 }), absent: 'none', want: [true, false] },
    {
      name: 'parts of ten thousand',
      given: percent({ numerator: 4900, denominator: 'TEN_THOUSAND' }),
      absent: 'none',
      want: [true, false],
    },
    {
      name: 'parts of a million',
      given: percent({ numerator: 990_000, denominator: 'MILLION' }),
      absent: 'none',
      want: [true, false],
    },
  ] as const;
  for (const { name, given, absent, want } of table) {
    it(name, () => {
      const drawn = [0.489, 0.991].map((number) => {
        const chance = { part: () => 0, draws: (share: number) => number < share };
        return compileFraction(given, absent).draw({ chance });
      });
      assert.deepEqual(drawn, want);
    });
  }

  it('tells how much it is', () => {
    assert.equal(compileFraction(percent({ numerator: 25 }), 'none').text, '25 %');
  });
});
