import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Kept } from './kept.ts';

const make = () => ({});
const never = () => assert.fail('compiled again');

describe('what is kept from one configuration for the next', () => {
  it('is what is compiled out of the same, and only that', () => {
    const first = new Kept();
    const made = first.scope('a').take('x', make);
    const second = new Kept(first);
    assert.equal(second.scope('a').take('x', never), made);
    assert.notEqual(second.scope('a').take('y', make), made);
    assert.notEqual(second.scope('b').take('x', make), made);
  });
  it('is one for each of several alike', () => {
    const first = new Kept();
    const [one, other] = [first.scope('').take('x', make), first.scope('').take('x', make)];
    assert.notEqual(one, other);
    const second = new Kept(first);
    assert.equal(second.scope('').take('x', never), one);
    assert.equal(second.scope('').take('x', never), other);
    assert.notEqual(second.scope('').take('x', make), other);
  });
  it('are the parts too of what is kept, for a whole that comes later', () => {
    const whole = (kept: Kept, key: string, compile: () => object) =>
      kept.scope('').take(key, () => ({ part: kept.scope('').take('part', compile) }));
    const first = new Kept();
    const { part } = whole(first, 'a', make);
    const second = new Kept(first);
    whole(second, 'a', never);
    assert.equal(whole(new Kept(second), 'b', never).part, part);
  });
  it('is gone once a configuration has done without', () => {
    const first = new Kept();
    const made = first.scope('').take('x', make);
    assert.notEqual(new Kept(new Kept(first)).scope('').take('x', make), made);
  });
});
