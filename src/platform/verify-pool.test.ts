import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VerifyPool } from './verify-pool.ts';

type Done = (error: Error | null, holds: boolean) => void;

describe('the verify pool', () => {
  it('keeps few in flight, lets a bounded number wait, and answers false to one more', async () => {
    const pool = new VerifyPool({ inFlightMax: 2, waitingMax: 1 });
    const started: Done[] = [];
    const run = () => pool.run((done) => started.push(done));
    const [one, two, three, four] = [run(), run(), run(), run()];
    assert.equal(started.length, 2);
    assert.equal(await four, false);
    started[0]?.(null, true);
    assert.equal(await one, true);
    assert.equal(started.length, 3);
    started[2]?.(null, true);
    started[1]?.(null, false);
    assert.deepEqual([await two, await three], [false, true]);
    const five = run();
    started[3]?.(null, true);
    assert.equal(await five, true);
  });

  it('a task that fails does not hold', async () => {
    const pool = new VerifyPool({ inFlightMax: 1, waitingMax: 0 });
    assert.equal(await pool.run((done) => done(new Error('no'), true)), false);
  });
});
