import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList } from './header-list.ts';
import { markExpected, takeRouterFields } from './router-fields.ts';

const TIMEOUT = 'x-envoy-upstream-rq-timeout-ms';
const HEAD = 'x-envoy-upstream-rq-per-try-timeout-ms';
const EXPECTED = 'x-envoy-expected-rq-timeout-ms';

/** What the origin is told and what is waited, in ms, by a route of 15 s; Envoy 1.40 was asked for each. */
const CASES: { name: string; given: [name: string, value: string][]; want: [string, number, number] }[] = [
  { name: 'a limit', given: [[TIMEOUT, '200']], want: ['200', 200, 0] },
  { name: 'none', given: [[TIMEOUT, '0']], want: ['', 0, 0] },
  { name: 'a longer one', given: [[TIMEOUT, '20000']], want: ['20000', 20_000, 0] },
  { name: 'a sign', given: [[TIMEOUT, '+200']], want: ['200', 200, 0] },
  { name: 'blanks', given: [[TIMEOUT, '\t200 ']], want: ['200', 200, 0] },
  { name: 'zeros in front', given: [[TIMEOUT, '000200']], want: ['200', 200, 0] },
  {
    name: 'the longest',
    given: [[TIMEOUT, '9223372036854775807']],
    want: ['9223372036854775807', 2 ** 63, 0],
  },
  { name: 'one beyond it', given: [[TIMEOUT, '18446744073709551615']], want: ['15000', 15_000, 0] },
  { name: 'less than nothing', given: [[TIMEOUT, '-5']], want: ['15000', 15_000, 0] },
  { name: 'a fraction', given: [[TIMEOUT, '200.5']], want: ['15000', 15_000, 0] },
  { name: 'an exponent', given: [[TIMEOUT, '1e2']], want: ['15000', 15_000, 0] },
  { name: 'hexadecimal', given: [[TIMEOUT, '0x64']], want: ['15000', 15_000, 0] },
  { name: 'a unit', given: [[TIMEOUT, '200ms']], want: ['15000', 15_000, 0] },
  { name: 'nothing', given: [[TIMEOUT, '']], want: ['15000', 15_000, 0] },
  {
    name: 'two lines',
    given: [
      [TIMEOUT, '200'],
      [TIMEOUT, '300'],
    ],
    want: ['15000', 15_000, 0],
  },
  { name: 'a limit for the head', given: [[HEAD, '150']], want: ['150', 15_000, 150] },
  { name: 'one that is longer', given: [[HEAD, '20000']], want: ['15000', 15_000, 0] },
  {
    name: 'one that is as long',
    given: [
      [HEAD, '300'],
      [TIMEOUT, '300'],
    ],
    want: ['300', 300, 0],
  },
  {
    name: 'one without the other',
    given: [
      [HEAD, '200'],
      [TIMEOUT, '0'],
    ],
    want: ['200', 0, 200],
  },
  { name: 'what is to be expected', given: [[EXPECTED, '100']], want: ['15000', 15_000, 0] },
  {
    name: 'what is to be expected, where nothing is',
    given: [
      [EXPECTED, '5'],
      [TIMEOUT, '0'],
    ],
    want: ['5', 0, 0],
  },
];

describe('what filters say to the router', () => {
  for (const { name, given, want } of CASES) {
    it(name, () => {
      const headers = new HeaderList();
      headers.append('x-a', 'a');
      headers.markReceived();
      for (const [field, value] of given) headers.append(field, value);
      const limits = takeRouterFields(headers, 15_000);
      markExpected(headers, 15_000, limits);
      assert.deepEqual([headers.get(EXPECTED) ?? '', limits?.timeoutMs, limits?.headMs], want);
      assert.deepEqual(
        headers.names.filter((field) => field !== EXPECTED),
        ['x-a'],
      );
    });
  }

  it('may be nothing', () => {
    const headers = new HeaderList();
    headers.append('x-envoy-other', 'a');
    assert.equal(takeRouterFields(headers, 15_000), null);
    markExpected(headers, 15_000, null);
    assert.equal(headers.get(EXPECTED), '15000');
  });

  it('is not shown to the origin where it is no limit', () => {
    const headers = new HeaderList();
    headers.append('x-envoy-retry-on', '5xx');
    takeRouterFields(headers, 0);
    assert.deepEqual(headers.names, []);
  });
});
