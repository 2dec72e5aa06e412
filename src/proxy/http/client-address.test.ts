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
