import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeJws } from '../../src/cli/commands/jws.ts';
import { parseJwks, STATUS, statusText } from '../../src/core/jwt/index.ts';
import { nodeCrypto } from '../../src/platform/index.ts';
import { conformanceFolder } from './conformance-data.ts';
import { readWycheproof, type WycheproofCase } from './jose-vectors.ts';

const folder = conformanceFolder('jose');

/** Not scored: 346, 347, 350, 351 (`alg` of token and key differ in ways both answers of which are right); 367, 370 are 357 again. */
const UNSCORED = new Set([346, 347, 350, 351, 367, 370]);
/** Said to be valid, yet with `?` in base64url, which RFC 7515 §2 forbids. */
const REJECTED_THOUGH_VALID = new Set([372, 373]);

function verdictOf({ jws, jwks }: WycheproofCase): boolean {
  return judgeJws(jws, parseJwks(JSON.stringify(jwks), nodeCrypto, 'refuse')) === STATUS.ok;
}

function reasonsOf({ jwks }: WycheproofCase): string {
  const keySet = parseJwks(JSON.stringify(jwks), nodeCrypto, 'refuse');
  return typeof keySet === 'number'
    ? statusText(keySet)
    : keySet.findings.map(({ kind, reason }) => `${kind}: ${reason}`).join('; ');
}

describe('Wycheproof: signatures', { skip: folder === null }, () => {
  const cases = folder === null ? [] : readWycheproof(folder, 'json_web_signature_test.json');
  const scored = cases.filter(({ tcId }) => !UNSCORED.has(tcId));

  it('has 395 scored cases', () => assert.equal(scored.length, 395));

  for (const testCase of scored) {
    const want = testCase.valid && !REJECTED_THOUGH_VALID.has(testCase.tcId);
    it(`${testCase.tcId} ${testCase.comment} is ${want ? 'valid' : 'invalid'}`, () => {
      assert.equal(verdictOf(testCase), want);
    });
  }
});

/** What is refused by policy rather than by RFC, and the words that the log has for it. */
const POLICY: ReadonlyMap<number, RegExp> = new Map([
  [1, /refused: a secret in a set of public keys/],
  [4, /refused: another secret in the set has the same `kid`/],
  [7, /refused: its modulus is of the breakable ROCA kind/],
]);

describe('Wycheproof: keys', { skip: folder === null }, () => {
  const cases = folder === null ? [] : readWycheproof(folder, 'json_web_key_test.json');

  it('has 26 cases', () => assert.equal(cases.length, 26));

  for (const testCase of cases) {
    it(`${testCase.tcId} ${testCase.comment} is ${testCase.valid ? 'valid' : 'invalid'}`, () => {
      assert.equal(verdictOf(testCase), testCase.valid);
      assert.match(reasonsOf(testCase), POLICY.get(testCase.tcId) ?? /^/);
    });
  }
});
