import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../base/index.ts';
import type { KeySet } from '../../../core/jwt/index.ts';
import { KidRefetch } from './kid-refetch.ts';

function setUp() {
  const clock = new ManualClock(0);
  const open: ((keys: KeySet | null) => void)[] = [];
  const refetch = new KidRefetch(clock, () => new Promise((resolve) => open.push(resolve)));
  return { clock, open, refetch };
}

describe('a fetch for an unknown kid', () => {
  it('is one for all that ask while it runs', async () => {
    const { open, refetch } = setUp();
    const answers = [refetch.ask(), refetch.ask()];
    assert.equal(open.length, 1);
    open[0]?.(null);
    assert.deepEqual(await Promise.all(answers), [null, null]);
  });

  it('is not waited for by more than a hundred', async () => {
    const { open, refetch } = setUp();
    const answers = Array.from({ length: 150 }, () => refetch.ask());
    assert.equal(answers.filter((answer) => answer !== null).length, 100);
    open[0]?.(null);
    await Promise.all(answers);
    assert.equal(open.length, 1);
  });

  it('is followed by 30 seconds without one, whatever became of it', async () => {
    const { clock, open, refetch } = setUp();
    const first = refetch.ask();
    open[0]?.(null);
    await first;
    clock.advance(29_999);
    assert.equal(refetch.ask(), null);
    clock.advance(1);
    assert.notEqual(refetch.ask(), null);
    assert.equal(open.length, 2);
  });

  it('that takes longer than the cooldown is still the only one', () => {
    const { clock, open, refetch } = setUp();
    void refetch.ask();
    clock.advance(60_000);
    assert.notEqual(refetch.ask(), null);
    assert.equal(open.length, 1);
  });
});
