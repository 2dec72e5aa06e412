import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evaluationOf } from '../../../test/fixtures/cel-expression.ts';
import { calculateTimes } from './expression-time.ts';
import { Duration, type ExpressionValue, FAULT, Timestamp } from './expression-value.ts';
import { convertToDuration, convertToTimestamp } from './parse-time.ts';
import { textOfDuration, textOfTimestamp } from './render-time.ts';
import { TIME_FUNCTIONS } from './time-functions.ts';
import { TICKS_OF_SECOND } from './time-ticks.ts';

const ticksOf = (value: ExpressionValue | undefined) =>
  value instanceof Timestamp || value instanceof Duration ? value.ticks : value;
const S = TICKS_OF_SECOND;

describe('a timestamp', () => {
  const table: { given: string; want: bigint | typeof FAULT }[] = [
    { given: '2020-01-02T03:04:05Z', want: 1_577_934_245n * S },
    { given: ' 2020-1-2t3:4:5.25z\n', want: 1_577_934_245n * S + S / 4n },
    { given: '2020-01-02T03:04:05-0130', want: 1_577_939_645n * S },
    { given: '2020-01-02T03:04:60.5Z', want: 1_577_934_300n * S },
    { given: '2020-01-02T03:04:05.000000000249Z', want: 1_577_934_245n * S },
    { given: '2020-01-02T03:04:05.00000000025Z', want: 1_577_934_245n * S + 1n },
    { given: '-0001-12-31T23:59:59Z', want: -62_167_219_201n * S },
    { given: '2020-01-02T03:04:05', want: FAULT },
    { given: '2020-01-02 03:04:05Z', want: FAULT },
    { given: '2020-02-30T00:00:00Z', want: FAULT },
    { given: '2020-01-02T24:00:00Z', want: FAULT },
    { given: '2020-01-02T03:04:05+01:60', want: FAULT },
    { given: '-0-01-02T03:04:05Z', want: FAULT },
  ];
  for (const { given, want } of table) {
    it(`is read as absl reads it: ${given}`, () => assert.equal(ticksOf(convertToTimestamp(given)), want));
  }

  const parts: { name: string; zone: string; want: bigint | typeof FAULT }[] = [
    { name: 'getFullYear', zone: '', want: 2020n },
    { name: 'getMonth', zone: '', want: 5n },
    { name: 'getDate', zone: '', want: 30n },
    { name: 'getDate', zone: 'Europe/Berlin', want: 1n },
    { name: 'getDayOfMonth', zone: '', want: 29n },
    { name: 'getDayOfWeek', zone: '', want: 2n },
    { name: 'getDayOfYear', zone: '', want: 181n },
    { name: 'getHours', zone: '-02:30', want: 20n },
    { name: 'getMinutes', zone: '-02:30', want: 29n },
    { name: 'getHours', zone: 'America/New_York', want: 18n },
    { name: 'getHours', zone: 'Fixed/UTC+01:00:00', want: 23n },
    { name: 'getMilliseconds', zone: '', want: 999n },
    { name: 'getHours', zone: 'europe/berlin', want: FAULT },
    { name: 'getHours', zone: 'PST', want: FAULT },
    { name: 'getDate', zone: 'posix/Europe/Berlin', want: 1n },
    { name: 'getHours', zone: 'Asia/kolkata', want: FAULT },
    { name: 'getHours', zone: '+2', want: FAULT },
  ];
  const time = convertToTimestamp('2020-06-30T22:59:59.999Z') as Timestamp;
  for (const { name, zone, want } of parts) {
    it(`has ${name}(${zone})`, () =>
      assert.equal(TIME_FUNCTIONS[`${name}/2`]?.([time, zone], evaluationOf()), want));
  }

  it('is written as JSON writes it, and only where protobuf has it', () => {
    assert.equal(textOfTimestamp(time), '2020-06-30T22:59:59.999Z');
    assert.equal(textOfTimestamp(new Timestamp(253_402_300_800n * S)), FAULT);
  });
});

describe('a duration', () => {
  const table: { given: string; want: bigint | typeof FAULT }[] = [
    { given: '1h30m', want: 5400n * S },
    { given: '-1.5s', want: (-3n * S) / 2n },
    { given: '+1s1h', want: 3601n * S },
    { given: '.5ms', want: S / 2000n },
    { given: '0', want: 0n },
    { given: '0.1ns', want: 0n },
    { given: '0.25ns', want: 1n },
    { given: '315576000000.999999999s', want: 315_576_000_001n * S - 4n },
    { given: '315576000001s', want: FAULT },
    { given: '9223372036854775808ns', want: FAULT },
    { given: '1', want: FAULT },
    { given: '.s', want: FAULT },
    { given: '1d', want: FAULT },
    { given: ' 1s', want: FAULT },
    { given: 'inf', want: FAULT },
  ];
  for (const { given, want } of table) {
    it(`is read as absl reads it: ${given}`, () => assert.equal(ticksOf(convertToDuration(given)), want));
  }

  it('is taken apart towards zero', () => {
    const duration = convertToDuration('-90.5s') as Duration;
    const parts = ['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds', 'getDate'];
    const want = [0n, -1n, -90n, -500n, FAULT];
    assert.deepEqual(
      parts.map((name) => TIME_FUNCTIONS[`${name}/1`]?.([duration], evaluationOf())),
      want,
    );
    assert.equal(textOfDuration(duration), '-90.500s');
  });

  it('is added to times without the limits that texts have', () => {
    const longest = convertToDuration('315576000000s');
    const one = new Timestamp(S);
    assert.equal(ticksOf(calculateTimes(longest, longest, true)), 631_152_000_000n * S);
    assert.equal(ticksOf(calculateTimes(one, new Duration(S), false)), 0n);
    assert.equal(calculateTimes(one, one, true), undefined);
    assert.equal(calculateTimes(new Duration(S), one, false), undefined);
  });
});
