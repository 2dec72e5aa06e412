import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { distanceText, instantText, parseInstant, parseSeconds } from './token-times.ts';

describe('times as a person writes and reads them', () => {
  it('durations are seconds unless they have a unit', () => {
    const cases: [string, number][] = [
      ['300', 300],
      ['1.5s', 1.5],
      ['5m', 300],
      ['2h', 7200],
      ['1d', 86_400],
      ['-5m', -300],
    ];
    for (const [text, seconds] of cases) assert.equal(parseSeconds(text, '--x'), seconds);
  });
  it('instants are ISO 8601 or seconds', () => {
    assert.equal(parseInstant('1666257150', '--at'), 1_666_257_150_000);
    assert.equal(parseInstant('2022-10-20T09:12:30Z', '--at'), 1_666_257_150_000);
    assert.equal(parseInstant('2022-10-20T11:12:30+02:00', '--at'), 1_666_257_150_000);
  });
  it('an instant is neither a word, nor before 1970 by a sign, nor beyond the calendar', () => {
    for (const text of ['noon', '-1', 'noon 5', 'March 7', '1e9', '2022-13-01', '8640000000001', '']) {
      assert.throws(() => parseInstant(text, '--at'), /--at `.*` is no time/, text);
    }
  });
  it('an instant beyond the calendar is its number', () => {
    assert.equal(instantText(1_666_257_150), '2022-10-20T09:12:30Z');
    assert.equal(instantText(2 ** 60), String(2 ** 60));
  });
  it('a distance is in its largest unit', () => {
    const cases: [number, string][] = [
      [0, 'now'],
      [1, 'in 1 second'],
      [-59, '59 seconds ago'],
      [-60, '1 minute ago'],
      [7200, 'in 2 hours'],
      [-86_400 * 400, '1 year ago'],
      [86_400 * 3, 'in 3 days'],
    ];
    for (const [seconds, text] of cases) assert.equal(distanceText(1000 + seconds, 1_000_000), text);
  });
});
