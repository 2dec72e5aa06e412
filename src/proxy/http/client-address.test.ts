import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestStream } from '../../../test/fixtures/filter-stream.ts';
import { clientOf, forwardedClientOf } from './client-address.ts';

describe('the client’s address', () => {
  const peer = { useRemoteAddress: true, trustedHops: 0 };
  const forwarded = { useRemoteAddress: false, trustedHops: 0 };
  const table = [
    { name: 'is the peer’s with use_remote_address', rule: peer, xff: '1.1.1.1', want: undefined },
    {
      name: 'or what the trusted hop in front of the peer wrote',
      rule: { ...peer, trustedHops: 1 },
      xff: '1.1.1.1, 2.2.2.2',
      want: '2.2.2.2',
    },
    { name: 'without it is the last forwarded', rule: forwarded, xff: '1.1.1.1, 2.2.2.2', want: '2.2.2.2' },
    {
      name: 'or one before for each trusted hop',
      rule: { ...forwarded, trustedHops: 1 },
      xff: '1.1.1.1, 2.2.2.2',
      want: '1.1.1.1',
    },
    {
      name: 'is the peer’s where there are not so many',
      rule: { ...forwarded, trustedHops: 5 },
      xff: '1.1.1.1',
      want: undefined,
    },
    { name: 'is the peer’s where that is none', rule: forwarded, xff: 'unknown', want: undefined },
    { name: 'is the peer’s without the header', rule: forwarded, xff: undefined, want: undefined },
  ];
  const spellings: [given: string, want: string | undefined][] = [
    [' \t1.2.3.4 ', '1.2.3.4'],
    ['1.2.3.4\xa0', undefined],
    ['010.0.0.1', undefined],
    ['1.2.3.4%1', undefined],
    ['1.2.3.4::', undefined],
    ['1.2.3.4::5', undefined],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::0001', '::1'],
    ['2001:DB8::C000:201', '2001:db8::c000:201'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
    ['::1.2.3.4', '::1.2.3.4'],
    ['::ffff:0:0', '::ffff:0.0.0.0'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['fe80::1%01', 'fe80::1%1'],
    ['::1%0', '::1'],
    ['::1%', undefined],
    ['fe80::1%lo', undefined],
  ];
  for (const [given, want] of spellings) {
    it(`written \`${given}\` is ${want ?? 'none'}`, () => {
      const { request } = new TestStream({ headers: [['x-forwarded-for', given]] });
      assert.equal(forwardedClientOf(request, forwarded), want);
    });
  }

  for (const { name, rule, xff, want } of table) {
    it(name, () => {
      const headers = xff === undefined ? [] : [['x-forwarded-for', xff] as const];
      assert.equal(forwardedClientOf(new TestStream({ headers }).request, rule), want);
    });
  }

  it('stays what it was when a filter takes the field away', () => {
    const { request, connection } = new TestStream({ headers: [['x-forwarded-for', '10.1.2.3']] });
    assert.deepEqual(clientOf(request, connection), { address: '127.0.0.1', port: connection.remotePort });
    request.clientAddress = '10.1.2.3';
    request.headers.remove('x-forwarded-for');
    assert.deepEqual(clientOf(request, connection), { address: '10.1.2.3', port: 0 });
  });
});
