import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearMiss } from './near-miss.ts';

const fields = [
  'audiences',
  'issuer',
  'forward',
  'forward_payload_header',
  'from_headers',
  'from_params',
  'remote_jwks',
];

describe('the near miss of a name', () => {
  const cases: { name: string; given: string; want: string | undefined }[] = [
    { name: 'a letter left out', given: 'audience', want: 'audiences' },
    { name: 'neighbours swapped', given: 'isseur', want: 'issuer' },
    { name: 'case and underscores do not count', given: 'FromHeaders', want: 'from_headers' },
    { name: 'the only name that it is a part of', given: 'jwks', want: 'remote_jwks' },
    { name: 'not a part of two names', given: 'from', want: undefined },
    { name: 'too far from all', given: 'connect_timeout', want: undefined },
    { name: 'a single letter', given: 'x', want: undefined },
  ];
  for (const { name, given, want } of cases) it(name, () => assert.equal(nearMiss(given, fields), want));
  it('keeps to the distance that it is given', () => {
    assert.equal(nearMiss('v3.CsrfPolicy', ['v3.CorsPolicy'], 1), undefined);
  });
});
