import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseAddresses } from './resolver.ts';

describe('addresses of a name', () => {
  const four = { address: '10.0.0.1', family: 4 };
  const six = { address: '::1', family: 6 };
  const cases = [
    { name: 'v4 takes IPv4 alone', family: 'v4', given: [six, four], want: ['10.0.0.1'] },
    { name: 'v6 takes IPv6 alone', family: 'v6', given: [four, six], want: ['::1'] },
    {
      name: 'v4-preferred takes IPv6 where there is nothing else',
      family: 'v4-preferred',
      given: [six],
      want: ['::1'],
    },
    { name: 'v4-preferred takes IPv4 first', family: 'v4-preferred', given: [six, four], want: ['10.0.0.1'] },
    { name: 'all takes both', family: 'all', given: [six, four], want: ['::1', '10.0.0.1'] },
    {
      name: 'auto takes the family that the machine puts first',
      family: 'auto',
      given: [six, four],
      want: ['::1'],
    },
    { name: 'auto of nothing is nothing', family: 'auto', given: [], want: [] },
  ] as const;
  for (const { name, family, given, want } of cases) {
    it(name, () => assert.deepEqual(chooseAddresses(given, family), want));
  }
});
