import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BucketStore } from './bucket-store.ts';
import type { BucketLimit } from './token-bucket.ts';

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const create = (limit: BucketLimit, nowMs = START_MS) => new BucketStore(START_MS).create(limit, nowMs);
const fivePerMinute: BucketLimit = { maxTokens: 5, tokensPerFill: 5, fillIntervalMs: 60_000 };

describe('a token bucket', () => {
  it('is full at first and refuses when it is empty', () => {
    const bucket = create(fivePerMinute);
    const answers = Array.from({ length: 6 }, () => bucket.consume(START_MS));
    assert.deepEqual(answers, [true, true, true, true, true, false]);
  });

  it('fills continuously: a token comes back after its share of the interval, not before', () => {
    const bucket = create(fivePerMinute);
    for (let i = 0; i < 5; i++) bucket.consume(START_MS);
    assert.equal(bucket.nextTokenMs(START_MS), 12_000);
    assert.equal(bucket.consume(START_MS + 11_999), false);
    assert.equal(bucket.consume(START_MS + 12_000), true);
    assert.equal(bucket.consume(START_MS + 12_000), false);
  });

  it('holds no more than its maximum, however long it waits', () => {
    const bucket = create(fivePerMinute);
    assert.equal(bucket.remaining(START_MS + 1e9), 5);
    const later = START_MS + 1e9;
    const answers = Array.from({ length: 6 }, () => bucket.consume(later));
    assert.deepEqual(answers, [true, true, true, true, true, false]);
  });

  it('is empty, not in debt, when the clock is put back', () => {
    const bucket = create(fivePerMinute);
    for (let i = 0; i < 5; i++) bucket.consume(START_MS + 60_000);
    assert.equal(bucket.consume(START_MS), false);
    assert.equal(bucket.remaining(START_MS), 0);
    assert.equal(bucket.consume(START_MS + 72_000), true);
  });

  it('tells whole tokens and the wait for the next', () => {
    const bucket = create({ maxTokens: 2, tokensPerFill: 1, fillIntervalMs: 30_000 });
    assert.deepEqual([bucket.remaining(START_MS), bucket.nextTokenMs(START_MS)], [2, 0]);
    bucket.consume(START_MS);
    bucket.consume(START_MS);
    assert.deepEqual([bucket.remaining(START_MS), bucket.nextTokenMs(START_MS)], [0, 30_000]);
    assert.deepEqual([bucket.remaining(START_MS + 29_999), bucket.nextTokenMs(START_MS + 29_999)], [0, 1]);
  });

  it('never gives more than its maximum and what filled up since', () => {
    const limits = fc.record({
      maxTokens: fc.integer({ min: 1, max: 1000 }),
      tokensPerFill: fc.integer({ min: 1, max: 1000 }),
      fillIntervalMs: fc.integer({ min: 50, max: 600_000 }),
    });
    const pauses = fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(limits, pauses, (limit, waitsMs) => {
        const bucket = create(limit);
        let nowMs = START_MS;
        let given = 0;
        for (const waitMs of waitsMs) {
          nowMs += waitMs;
          if (bucket.consume(nowMs)) given++;
          const most = limit.maxTokens + ((nowMs - START_MS) * limit.tokensPerFill) / limit.fillIntervalMs;
          assert.ok(given <= most + 0.001, `${given} given, ${most} could be`);
        }
      }),
    );
  });

  it('has one 64-bit cell, so that 1,000 of them share a few blocks', () => {
    const store = new BucketStore(START_MS);
    const buckets = Array.from({ length: 1000 }, () => store.create(fivePerMinute, START_MS));
    for (let i = 0; i < 5; i++) buckets[0]?.consume(START_MS);
    assert.equal(buckets[0]?.consume(START_MS), false);
    assert.ok(buckets.slice(1).every((bucket) => bucket.remaining(START_MS) === 5));
  });
});
