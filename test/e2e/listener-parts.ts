import assert from 'node:assert/strict';
import { ManualClock } from '../../src/base/index.ts';
import { DateField, Deadlines } from '../../src/proxy/http/index.ts';
import { Stats } from '../../src/proxy/listener/index.ts';

/** What a listener without clusters, logs and explained refusals is made with; a bug fails the test. */
export function listenerParts() {
  const clock = new ManualClock(0);
  return {
    clusters: new Map(),
    stats: new Stats(),
    clock,
    deadlines: new Deadlines(),
    date: new DateField(clock),
    nodeAddress: '127.0.0.1',
    refusals: null,
    openLog: () => assert.fail('there is no log'),
    reportBug: (error: unknown) => assert.fail(error as Error),
  };
}
