import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseToken, STATUS, verifySignature } from '../../src/core/jwt/index.ts';
import { keySetOf, rawToken, testJwk } from '../fixtures/raw-token.ts';
import { mutateTokens } from './token-mutations.ts';

const NAMES = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const;
const tokens = NAMES.map((alg) =>
  rawToken(
    { alg, typ: 'JWT' },
    { iss: 'i', sub: 'demo', exp: 4e9, namespaces: ['funnel'], scope: 'a b' },
    alg,
  ),
);
const keySet = keySetOf(...NAMES.map((alg) => testJwk(alg, { alg })));

function isAdmitted(text: string): boolean {
  const token = parseToken(text);
  return typeof token !== 'number' && verifySignature(token, keySet).status === STATUS.ok;
}

describe('mutated tokens', () => {
  const mutated = [...mutateTokens(7, 10_000, tokens)];

  it('are as many as asked for, every fiftieth an untouched twin', () => {
    assert.equal(mutated.length, 10_000);
    for (let index = 49; index < mutated.length; index += 50) {
      assert.ok(mutated[index]?.twin && tokens.includes(mutated[index]?.text ?? ''));
    }
    assert.ok(new Set(mutated.filter(({ twin }) => !twin).map(({ text }) => text)).size > 5000);
  });

  it('are the same for the same seed, others for another', () => {
    const texts = (seed: number) => [...mutateTokens(seed, 100, tokens)].map(({ text }) => text);
    assert.deepEqual(texts(1), texts(1));
    assert.notDeepEqual(texts(1), texts(2));
  });

  it('can be sent in a header line', () => {
    for (const { text } of mutated) assert.match(text, /^(?:[\t\x20-\x7e]*)$/);
  });

  it('are admitted exactly when they are twins', () => {
    const wrong = mutated.filter(({ text, twin }) => isAdmitted(text) !== twin);
    assert.deepEqual(wrong, []);
  });

  it('get deep: many are refused only by their signature', () => {
    const parsed = mutated.filter(({ text, twin }) => !twin && typeof parseToken(text) !== 'number');
    assert.ok(parsed.length > 1500, `${parsed.length}`);
  });
});
