import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDuration, parseTimestamp } from './decode-duration.ts';

describe('a duration is seconds with an s and nothing else', () => {
  const good: [string, bigint, number][] = [
    ['5s', 5n, 0],
    ['0s', 0n, 0],
    ['0.25s', 0n, 250_000_000],
    ['1.000000001s', 1n, 1],
    ['-1.5s', -1n, -500_000_000],
    ['315576000000s', 315_576_000_000n, 0],
  ];
  for (const [given, seconds, nanos] of good) {
    it(given, () => assert.deepEqual(parseDuration(given), { seconds, nanos }));
  }
  const bad: [string, string][] = [
    ['5', '`5s`'],
    ['5m', '`300s`'],
    ['100ms', '`0.1s`'],
    ['2h', '`7200s`'],
    ['5S', '`5s`'],
    ['.5s', '`0.5s`'],
    ['5.s', '`5s` or `0.25s`'],
    ['+5s', '`5s`'],
    ['1e3s', '`5s` or `0.25s`'],
    ['0.1234567890s', '`0.123456789s`'],
    ['soon', '`5s` or `0.25s`'],
  ];
  for (const [given, want] of bad) {
    it(`\`${given}\` is refused, and ${want} proposed`, () => {
      const fault = parseDuration(given);
      assert.ok('code' in fault && fault.code === 'badDuration');
      assert.equal(fault.hint, `write seconds with an s: ${want}`);
    });
  }
  it('ten thousand years are too long', () => assert.ok('code' in parseDuration('315576000001s')));
});

describe('a timestamp is RFC 3339', () => {
  it('keeps nanoseconds', () =>
    assert.deepEqual(parseTimestamp('2026-01-02T03:04:05.000000006Z'), {
      seconds: 1_767_323_045n,
      nanos: 6,
    }));
  it('takes an offset', () =>
    assert.deepEqual(parseTimestamp('2026-01-02T04:04:05+01:00'), { seconds: 1_767_323_045n, nanos: 0 }));
  for (const given of ['2026-01-02', '2026-13-02T03:04:05Z', 'now'])
    it(`\`${given}\` is none`, () => assert.ok('code' in parseTimestamp(given)));
});
