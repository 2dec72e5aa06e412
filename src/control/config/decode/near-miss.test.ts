import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Guesses, nearMiss } from './near-miss.ts';

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

describe('guesses for one configuration', () => {
  it('are made for the first wrong names, however many there are to choose from, and not for thousands', () => {
    const guesses = new Guesses();
    const names = Array.from({ length: 10_000 }, (_, index) => `provider_number_${index}`);
    const made = names.map((name) => guesses.nearMiss(name.replace('provider', 'provder'), () => names));
    assert.deepEqual(made.slice(0, 3), names.slice(0, 3));
    assert.ok(made.filter((name) => name !== undefined).length < 100);
  });
  it('are made for thousands where there are few to choose from', () => {
    const guesses = new Guesses();
    const made = Array.from({ length: 1000 }, () => guesses.nearMiss('isuer', () => fields));
    assert.ok(made.every((name) => name === 'issuer'));
  });
});
