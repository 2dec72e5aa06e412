import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeJwksText } from './jwks-text.ts';

const RSA = '{"kty":"RSA","n":"AQAB","e":"AQAB"}';
const GOOD = [
  { name: 'a set', given: `{"keys":[${RSA}]}`, secrets: [] },
  { name: 'a set without keys', given: '{"keys":[]}', secrets: [] },
  { name: 'a set whose keys are null', given: '{"keys":null}', secrets: [] },
  { name: 'one bare key', given: RSA, secrets: [] },
  { name: 'text after the JSON', given: `${RSA} and more`, secrets: [] },
  {
    name: 'text after megabytes of JSON',
    given: `{"keys":[],"a":"${'x'.repeat(12_000_000)}"} x`,
    secrets: [],
  },
  { name: 'a symmetric key, with a warning', given: '{"keys":[{"kty":"oct","k":"YQ"}]}', secrets: [0] },
  {
    name: 'a private key, with a warning',
    given: `{"keys":[${RSA},{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQ"}]}`,
    secrets: [1],
  },
];
const BAD = [
  { name: 'an empty object', given: '{}' },
  { name: 'a list', given: '[]' },
  { name: 'an unknown key type', given: '{"keys":[{"kty":"X"}]}' },
  { name: 'a key type that every object of JavaScript has', given: '{"keys":[{"kty":"constructor"}]}' },
  { name: 'an RSA key without exponent', given: '{"keys":[{"kty":"RSA","n":"AQAB"}]}' },
  { name: 'a word', given: 'not json' },
  { name: 'a map of certificates', given: '{"kid":"-----BEGIN CERTIFICATE-----"}' },
];

describe('an inline key set', () => {
  for (const { name, given, secrets } of GOOD) {
    it(`${name} is taken`, () => assert.deepEqual(judgeJwksText(given), { secretKeys: secrets }));
  }
  for (const { name, given } of BAD) {
    it(`${name} is refused`, () => assert.notEqual(judgeJwksText(given).problem, undefined));
  }
});
