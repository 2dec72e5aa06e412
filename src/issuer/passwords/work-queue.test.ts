import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WorkQueue } from './work-queue.ts';

describe('a bounded queue', () => {
  it('runs so many at once, lets so many wait, and turns the rest away', async () => {
    const queue = new WorkQueue(2, 1);
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<number>());
    let running = 0;
    const jobs = gates.map(({ promise }) =>
      queue.run(async () => {
        running++;
        return promise;
      }),
    );
    assert.equal(running, 2);
    assert.equal(jobs[3], null);
    gates[0]?.resolve(0);
    assert.equal(await jobs[0], 0);
    gates[2]?.resolve(2);
    assert.equal(await jobs[2], 2);
    assert.equal(running, 3);
    gates[1]?.resolve(1);
    assert.equal(await jobs[1], 1);
  });

  it('goes on after a job that failed', async () => {
    const queue = new WorkQueue(1, 1);
    const failing = queue.run(() => Promise.reject(new Error('no')));
    const next = queue.run(async () => 'yes');
    await assert.rejects(failing ?? Promise.resolve(), /no/);
    assert.equal(await next, 'yes');
  });
});
