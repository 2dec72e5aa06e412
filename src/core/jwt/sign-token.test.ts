import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keySetOf, testJwk, testKey } from '../../../test/fixtures/raw-token.ts';
import { exampleSecret, exampleToken } from '../../../test/fixtures/seed-tokens.ts';
import { importSigningSecret, nodeCrypto } from '../../platform/index.ts';
import { selectAlgorithm } from './algorithms.ts';
import { parseToken } from './parse-token.ts';
import { signToken } from './sign-token.ts';
import { STATUS } from './status.ts';
import { verifySignature } from './verify-signature.ts';

describe('signToken', () => {
  it("makes the article's example, byte for byte", () => {
    const key = importSigningSecret(Buffer.from(exampleSecret), selectAlgorithm('HS256')!);
    const payload = { sub: '1234567890', name: 'John Doe', iat: 1516239022 };
    assert.equal(signToken({ typ: 'JWT' }, payload, key!, nodeCrypto), exampleToken);
  });

  it("the alg is the key's, whatever the header says", () => {
    const text = signToken({ alg: 'none', kid: 'k' }, { sub: 'é' }, testKey('EdDSA'), nodeCrypto);
    const token = parseToken(text);
    assert.ok(typeof token !== 'number');
    assert.equal(token.header.alg.name, 'EdDSA');
    assert.equal(token.claims.sub, 'é');
    assert.equal(verifySignature(token, keySetOf(testJwk('EdDSA'))).status, STATUS.ok);
  });
});
