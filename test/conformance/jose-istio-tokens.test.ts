import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { checkTime, parseJwks, parseToken, STATUS, verifySignature } from '../../src/core/jwt/index.ts';
import { nodeCrypto } from '../../src/platform/index.ts';
import { conformanceFolder } from './conformance-data.ts';

const folder = conformanceFolder('istio/jwt');
/** A time at which all of Istio's sample tokens but one are young. */
const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const NOT_OK = new Map<string, number>([
  ['TokenExpired', STATUS.jwtIsExpired],
  ['TokenInvalid', STATUS.jwtIsNotThreeParts],
]);

const read = (name: string): string => readFileSync(join(folder ?? '', name), 'utf8').trim();

function statusOf(text: string, jwks: string): number {
  const token = parseToken(text);
  if (typeof token === 'number') return token;
  const keySet = parseJwks(jwks, nodeCrypto);
  if (typeof keySet === 'number') return keySet;
  return checkTime(token.claims, NOW_MS, 60) || verifySignature(token, keySet).status;
}

describe("Istio's sample tokens", { skip: folder === null }, () => {
  const tests = folder === null ? {} : (JSON.parse(read('tokens.json')) as Record<string, string>);
  for (const [name, text] of Object.entries(tests)) {
    const want = NOT_OK.get(name) ?? STATUS.ok;
    it(`${name} is ${want}`, () => assert.equal(statusOf(text, read('jwks.json')), want));
  }
  for (const name of folder === null ? [] : ['demo.jwt', 'groups-scope.jwt']) {
    it(`${name} verifies with its own key set and not with another`, () => {
      assert.equal(statusOf(read(name), read('samples-jwks.json')), STATUS.ok);
      assert.equal(statusOf(read(name), read('jwks.json')), STATUS.jwksWithoutMatchingKey);
    });
  }
});
