import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Descriptor, descriptorKey, renderDescriptor } from './descriptor.ts';
import { type DescriptorLimit, type LimiterRules, LocalLimiter } from './local-limiter.ts';
import { Takings } from './takings.ts';
import type { BucketLimit } from './token-bucket.ts';

const NOW_MS = 1_000_000;
const per = (maxTokens: number, fillIntervalMs = 60_000): BucketLimit => ({
  maxTokens,
  tokensPerFill: maxTokens,
  fillIntervalMs,
});
const NOTHING: BucketLimit = { maxTokens: 0, tokensPerFill: 5, fillIntervalMs: 1000 };
const of = (...pairs: [string, string][]): Descriptor => pairs.map(([key, value]) => ({ key, value }));
const rule = (entries: Descriptor, limit: BucketLimit): DescriptorLimit => ({ entries, limit, origin: {} });

function limiter(rules: Partial<LimiterRules>): LocalLimiter {
  const all = {
    defaultLimit: null,
    alwaysConsumesDefault: true,
    descriptors: [],
    wildcardBucketsMax: 20,
    ...rules,
  };
  return new LocalLimiter(all, NOW_MS);
}

const once = (descriptors: readonly Descriptor[], hits = 1) =>
  descriptors.map((descriptor) => ({ descriptor, hits }));

/** How many of a row of equal requests are let in. */
function admitted(one: LocalLimiter, descriptors: readonly Descriptor[], requests = 10): number {
  return Array.from({ length: requests }, () => one.admit(once(descriptors), NOW_MS)).filter(
    ({ isAllowed }) => isAllowed,
  ).length;
}

describe('a local limiter', () => {
  it('lets everything in where it has no bucket', () => {
    const admission = limiter({}).admit(once([of(['a', 'b'])]), NOW_MS);
    assert.deepEqual(admission, { isAllowed: true, consumed: [], exhausted: null, told: null });
  });

  it('lets nothing in where the default bucket can hold none, and tells of no bucket', () => {
    const own = rule(of(['user', 'a']), per(5));
    for (const given of [[], [of(['user', 'a'])]]) {
      const one = limiter({ defaultLimit: NOTHING, descriptors: [own] });
      const { isAllowed, exhausted, told } = one.admit(once(given), NOW_MS + 600_000);
      assert.deepEqual([isAllowed, exhausted?.rule, told], [false, null, null]);
    }
  });

  it('asks a default bucket that can hold none no more than another', () => {
    const own = rule(of(['user', 'a']), per(5));
    const one = limiter({ defaultLimit: NOTHING, alwaysConsumesDefault: false, descriptors: [own] });
    assert.equal(admitted(one, [of(['user', 'a'])]), 5);
  });

  it('lets nothing in under a descriptor whose bucket holds none', () => {
    const one = limiter({ descriptors: [rule(of(['user', 'a']), NOTHING)] });
    assert.equal(admitted(one, [of(['user', 'a'])]), 0);
    assert.equal(admitted(one, [of(['user', 'b'])]), 10);
  });

  it('counts requests that no descriptor matches in the default bucket', () => {
    const one = limiter({ defaultLimit: per(3), descriptors: [rule(of(['a', 'b']), per(5))] });
    assert.equal(admitted(one, [of(['a', 'c'])]), 3);
  });

  it('asks the default bucket too where a descriptor matches, unless told not to', () => {
    const descriptors = [rule(of(['a', 'b']), per(5))];
    assert.equal(admitted(limiter({ defaultLimit: per(3), descriptors }), [of(['a', 'b'])]), 3);
    const without = limiter({ defaultLimit: per(3), descriptors, alwaysConsumesDefault: false });
    assert.equal(admitted(without, [of(['a', 'b'])]), 5);
  });

  it('matches a descriptor only whole: the same keys and values in the same order', () => {
    const one = limiter({ descriptors: [rule(of(['a', '1'], ['b', '2']), per(1))] });
    assert.equal(admitted(one, [of(['a', '1'])]), 10);
    assert.equal(admitted(one, [of(['b', '2'], ['a', '1'])]), 10);
    assert.equal(admitted(one, [of(['a', '1'], ['b', '2'])]), 1);
  });

  it('asks the bucket that fills slowest first, and gives nothing back when a later one is empty', () => {
    const slow = rule(of(['s', '1']), per(4, 600_000));
    const fast = rule(of(['f', '1']), per(1));
    const one = limiter({ descriptors: [fast, slow] });
    const both = [of(['f', '1']), of(['s', '1'])];
    assert.equal(one.admit(once(both), NOW_MS).told?.rule, slow);
    const refused = one.admit(once(both), NOW_MS);
    assert.equal(refused.exhausted?.rule, fast);
    assert.equal(refused.consumed[0]?.bucket.remaining(NOW_MS), 2);
  });

  it('gives each value of a descriptor without one a bucket of its own', () => {
    const one = limiter({ descriptors: [rule(of(['user', '']), per(5))] });
    assert.equal(admitted(one, [of(['user', 'alice'])]), 5);
    assert.equal(admitted(one, [of(['user', 'bob'])]), 5);
    assert.equal(admitted(one, [of(['user', ''])]), 5);
  });

  it('takes a written value before any value', () => {
    const named = rule(of(['user', 'root']), per(1));
    const one = limiter({ descriptors: [rule(of(['user', '']), per(5)), named] });
    assert.equal(admitted(one, [of(['user', 'root'])]), 1);
  });

  it('takes the first in the list of those with values left out', () => {
    const [first, second] = [
      rule(of(['a', ''], ['b', '1']), per(1)),
      rule(of(['a', '1'], ['b', '']), per(5)),
    ];
    assert.equal(admitted(limiter({ descriptors: [first, second] }), [of(['a', '1'], ['b', '1'])]), 1);
    assert.equal(admitted(limiter({ descriptors: [second, first] }), [of(['a', '1'], ['b', '1'])]), 5);
  });

  it('puts out the least lately used value when there are too many', () => {
    const one = limiter({ descriptors: [rule(of(['user', '']), per(2))], wildcardBucketsMax: 2 });
    const left = (user: string) =>
      one.admit(once([of(['user', user])]), NOW_MS).told?.bucket.remaining(NOW_MS);
    const users = ['a', 'b', 'a', 'c', 'a', 'b'];
    assert.deepEqual(users.map(left), [1, 1, 0, 1, 0, 1]);
  });

  it('takes as many tokens as a request is worth, all or none, and lets nothing in that is worth none', () => {
    const counts = [of(['user', 'a'])];
    const one = limiter({ defaultLimit: per(9), descriptors: [rule(of(['user', 'a']), per(5))] });
    const left = [2, 4, 3, 1, 0].map((hits) => {
      const { isAllowed, told } = one.admit(once(counts, hits), NOW_MS);
      return [isAllowed, told?.bucket.remaining(NOW_MS)];
    });
    assert.deepEqual(left, [
      [true, 3],
      [false, 3],
      [true, 0],
      [false, 0],
      [false, 0],
    ]);
    assert.equal(admitted(one, []), 7, 'of the default bucket a request takes one');
  });

  it('tells equal descriptors from those that only look alike', () => {
    assert.notEqual(descriptorKey(of(['a', 'b'], ['c', 'd'])), descriptorKey(of(['a', 'b1:c1:d'])));
    assert.notEqual(descriptorKey(of(['a', '1:b'])), descriptorKey(of(['a1:', 'b'])));
    assert.equal(renderDescriptor(of(['user', ''], ['path', '/'])), 'user=*, path=/');
  });
});

describe('what a played request takes', () => {
  it('can be given back, from all buckets, and taken again', () => {
    const limits = limiter({
      defaultLimit: per(1),
      descriptors: [rule(of(['a', '1']), per(1)), rule(of(['b', '']), per(1))],
    });
    const counts = once([of(['a', '1']), of(['b', 'x'])]);
    const takings = new Takings();
    assert.equal(limits.admit(counts, NOW_MS, takings).isAllowed, true);
    assert.equal(limits.admit(counts, NOW_MS).isAllowed, false);
    takings.giveBack();
    takings.takeAgain();
    assert.equal(limits.admit(counts, NOW_MS).isAllowed, false);
    takings.giveBack();
    assert.equal(limits.admit(counts, NOW_MS).isAllowed, true);
  });
});
