import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ManualClock } from '../base/index.ts';
import { SharedClock } from './shared-clock.ts';
import { systemClock } from './system-clock.ts';

describe('the shared clock', () => {
  it('runs with its base, from where it is set', () => {
    const base = new ManualClock(1000);
    const clock = new SharedClock(undefined, base);
    assert.equal(clock.now(), 1000);
    clock.advance(500);
    base.advance(1);
    assert.equal(clock.now(), 1501);
    clock.set(42);
    assert.equal(clock.now(), 42);
    base.advance(8);
    assert.equal(clock.now(), 50);
  });

  it('is one time for all threads', async () => {
    const base = new ManualClock(0);
    const clock = new SharedClock(undefined, base);
    const module = new URL('./shared-clock.ts', import.meta.url).href;
    const code = `import(${JSON.stringify(module)}).then(({ SharedClock }) => {
      new SharedClock(require('node:worker_threads').workerData, { now: () => 0 }).advance(7);
    });`;
    const worker = new Worker(code, { eval: true, workerData: clock.buffer });
    await new Promise((resolve) => worker.once('exit', resolve));
    assert.equal(clock.now(), 7);
  });

  it("stands on the machine's clock unless told", () => {
    const before = systemClock.now();
    const now = new SharedClock().now();
    assert.ok(now >= before && now <= systemClock.now());
  });
});
