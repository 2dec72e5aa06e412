import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ecCertificate, rsaCertificate } from '../../test/fixtures/certificates.ts';
import { algorithms, type SigningKey, selectAlgorithm } from '../core/jwt/index.ts';
import { nodeCrypto } from './node-crypto.ts';
import {
  exportPrivateJwk,
  exportPublicJwk,
  generateSigningKey,
  importSigningJwk,
  importSigningPem,
  importSigningSecret,
} from './signing-keys.ts';

const TEXT = 'header.payload';

function publicHandle(key: SigningKey) {
  const jwk = exportPublicJwk(key);
  return key.alg.kty === 'oct' ? key.handle : nodeCrypto.importPublicKey(jwk as never);
}

describe('nodeCrypto', () => {
  it('an RSA signature has one length, also where it begins with a zero byte', async () => {
    for (const name of ['RS256', 'PS256', 'PS384', 'PS512']) {
      const alg = selectAlgorithm(name);
      assert.ok(alg !== null && alg !== undefined);
      const key = generateSigningKey(alg);
      const handle = publicHandle(key);
      assert.ok(handle !== null);
      let [text, signature] = [TEXT, nodeCrypto.sign(alg, key.handle, TEXT)];
      for (let turn = 0; signature[0] !== 0; turn++) {
        text = `${TEXT}${turn}`;
        signature = nodeCrypto.sign(alg, key.handle, text);
      }
      assert.equal(nodeCrypto.verify(alg, handle, text, signature), true);
      for (const other of [signature.subarray(1), Uint8Array.of(0, ...signature)]) {
        assert.equal(nodeCrypto.verify(alg, handle, text, other), false, name);
        assert.equal(await nodeCrypto.verifyInPool(alg, handle, text, other), false, name);
      }
    }
  });

  for (const alg of algorithms) {
    it(`${alg.name}: what it signs it verifies, at once and in the pool, and nothing else`, async () => {
      const key = generateSigningKey(alg);
      const handle = publicHandle(key);
      assert.ok(handle !== null);
      const signature = nodeCrypto.sign(alg, key.handle, TEXT);
      assert.equal(alg.signatureBytes === 0 ? 256 : alg.signatureBytes, signature.length);
      assert.equal(nodeCrypto.verify(alg, handle, TEXT, signature), true);
      assert.equal(nodeCrypto.verify(alg, handle, `${TEXT}x`, signature), false);
      assert.equal(nodeCrypto.verify(alg, handle, TEXT, signature.subarray(1)), false);
      assert.equal(nodeCrypto.verify(alg, handle, TEXT, new Uint8Array()), false);
      assert.equal(await nodeCrypto.verifyInPool(alg, handle, TEXT, signature), true);
      assert.equal(await nodeCrypto.verifyInPool(alg, handle, `${TEXT}x`, signature), false);
    });

    it(`${alg.name}: its key goes through a JWK and comes back`, () => {
      const key = generateSigningKey(alg);
      const back = importSigningJwk(exportPrivateJwk(key), alg);
      assert.ok(back !== null);
      const handle = publicHandle(key);
      assert.ok(
        handle !== null && nodeCrypto.verify(alg, handle, TEXT, nodeCrypto.sign(alg, back.handle, TEXT)),
      );
      assert.equal('d' in exportPublicJwk(key), false);
    });
  }

  it('PSS with a salt of another length does not verify', () => {
    const key = generateSigningKey(selectAlgorithm('PS256')!);
    const handle = publicHandle(key);
    const other = nodeCrypto.sign(selectAlgorithm('PS512')!, key.handle, TEXT);
    assert.ok(handle !== null);
    assert.equal(nodeCrypto.verify(key.alg, handle, TEXT, other), false);
  });

  it('a PSS signature does not verify under the key’s RS name', () => {
    const key = generateSigningKey(selectAlgorithm('PS256')!);
    const handle = publicHandle(key);
    const signature = nodeCrypto.sign(key.alg, key.handle, TEXT);
    assert.ok(handle !== null);
    assert.equal(nodeCrypto.verify(key.alg, handle, TEXT, signature), true);
    assert.equal(nodeCrypto.verify(selectAlgorithm('RS256')!, handle, TEXT, signature), false);
  });

  it('a point off the curve is no key', () => {
    const zero = Buffer.alloc(32).toString('base64url');
    assert.equal(nodeCrypto.importPublicKey({ kty: 'EC', crv: 'P-256', x: zero, y: zero }), null);
  });

  it('reads RSA certificates, and tells others', () => {
    const key = nodeCrypto.readCertificate(rsaCertificate);
    assert.ok(key !== null && key !== 'notRsa');
    assert.equal(key.e, 'AQAB');
    assert.equal(nodeCrypto.readCertificate(ecCertificate), 'notRsa');
    assert.equal(nodeCrypto.readCertificate('rubbish'), null);
  });
});

describe('signing keys', () => {
  const rs256 = selectAlgorithm('RS256')!;
  const es256 = selectAlgorithm('ES256')!;
  const hs256 = selectAlgorithm('HS256')!;

  it('are refused for an algorithm of another kind or curve', () => {
    const p384 = exportPrivateJwk(generateSigningKey(selectAlgorithm('ES384')!));
    assert.equal(importSigningJwk(p384, es256), null);
    assert.equal(importSigningJwk(p384, rs256), null);
    assert.equal(importSigningJwk({ kty: 'oct' }, hs256), null);
    assert.equal(importSigningJwk({ kty: 'RSA', n: 'x' }, rs256), null);
    assert.equal(importSigningPem('rubbish', rs256), null);
    assert.equal(importSigningSecret(Buffer.from('s'), rs256), null);
    assert.ok(importSigningSecret(Buffer.from('s'), hs256) !== null);
  });
});
