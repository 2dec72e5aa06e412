import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIpRange } from './ip-range.ts';

const CASES = [
  { name: 'an IPv4 address counts whole', given: '10.0.0.1', want: { address: '10.0.0.1', bits: 32 } },
  { name: 'host bits of a block stay', given: '10.1.2.3/8', want: { address: '10.1.2.3', bits: 8 } },
  { name: 'all of IPv4', given: '0.0.0.0/0', want: { address: '0.0.0.0', bits: 0 } },
  { name: 'an octet with a leading zero is refused', given: '010.1.2.3', want: null },
  { name: 'an octet over 255 is refused', given: '1.2.3.256', want: null },
  { name: 'three octets are refused', given: '1.2.3', want: null },
  { name: 'a length over 32 is refused', given: '1.2.3.4/33', want: null },
  { name: 'a length with a leading zero is refused', given: '1.2.3.4/08', want: null },
  { name: 'an empty length is refused', given: '1.2.3.4/', want: null },
  {
    name: 'IPv6 is put in canonical form',
    given: '2001:0DB8:0:0:1:0:0:1',
    want: { address: '2001:db8::1:0:0:1', bits: 128 },
  },
  {
    name: 'one zero group is not shortened',
    given: '1:0:2:3:4:5:6:7',
    want: { address: '1:0:2:3:4:5:6:7', bits: 128 },
  },
  { name: 'the unspecified address', given: '::/0', want: { address: '::', bits: 0 } },
  {
    name: 'a mapped address keeps its dots',
    given: '::ffff:1.2.3.4',
    want: { address: '::ffff:1.2.3.4', bits: 128 },
  },
  { name: 'a zone is dropped', given: 'fe80::1%eth0', want: { address: 'fe80::1', bits: 128 } },
  { name: 'a zone in a block is refused', given: 'fe80::1%eth0/64', want: null },
  { name: 'two gaps are refused', given: '1::2::3', want: null },
  { name: 'nine groups are refused', given: '1:2:3:4:5:6:7:8:9', want: null },
  { name: 'a gap that stands for nothing is refused', given: '1:2:3:4::5:6:7:8', want: null },
  { name: 'a word is refused', given: 'localhost', want: null },
  { name: 'nothing is refused', given: '', want: null },
];

describe('an IP address or block', () => {
  for (const { name, given, want } of CASES) {
    it(name, () => assert.deepEqual(parseIpRange(given), want));
  }
});
