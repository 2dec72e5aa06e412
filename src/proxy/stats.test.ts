import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Stats } from './stats.ts';

describe('counters', () => {
  it('are read by their full names, sorted', () => {
    const stats = new Stats();
    stats.scope('b.').counter('x').increment();
    stats.gauge('a').add(2);
    assert.deepEqual(stats.read(), [
      ['a', 2],
      ['b.x', 1],
    ]);
  });

  it('that find no room count nothing and do no harm', () => {
    const stats = new Stats(new SharedArrayBuffer(8));
    stats.counter('first').increment();
    stats.counter('second').increment();
    stats.scope('s.').gauge('third').set(3);
    stats.counter('first').increment();
    assert.deepEqual(stats.read(), [['first', 2]]);
  });
});
