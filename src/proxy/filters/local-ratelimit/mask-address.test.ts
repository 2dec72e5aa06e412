import assert from 'node:assert/strict';
import { it } from 'node:test';
import { maskAddress } from './mask-address.ts';

const table = [
  { given: '192.168.1.77', v4: 24, want: '192.168.1.0/24' },
  { given: '192.168.1.77', v4: 32, want: '192.168.1.77/32' },
  { given: '192.168.1.77', v4: 0, want: '0.0.0.0/0' },
  { given: '10.255.3.4', v4: 12, want: '10.240.0.0/12' },
  { given: '2001:abcd:ef01:2345:6789:abcd:ef01:234', v6: 64, want: '2001:abcd:ef01:2345::/64' },
  { given: '2001:db8::1', v6: 128, want: '2001:db8::1/128' },
  { given: '::1', v6: 0, want: '::/0' },
  { given: '1:0:3:4:5:6:7:8', v6: 128, want: '1:0:3:4:5:6:7:8/128' },
  { given: 'no address', want: 'no address' },
];

for (const { given, v4 = 32, v6 = 128, want } of table) {
  it(`${given} is ${want}`, () => assert.equal(maskAddress(given, { v4, v6 }), want));
}
