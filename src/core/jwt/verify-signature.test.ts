import assert from 'node:assert/strict';
import { createHmac, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  encodePart,
  keySetOf,
  rawToken,
  signText,
  testJwk,
  testKey,
} from '../../../test/fixtures/raw-token.ts';
import { nodeCrypto } from '../../platform/index.ts';
import { type AlgorithmName, algorithms } from './algorithms.ts';
import { createKeySet, type KeySet } from './key-set.ts';
import { parseToken } from './parse-token.ts';
import { STATUS, type Status } from './status.ts';
import type { ParsedToken } from './token.ts';
import { verifiesAtOnce, verifySignature, verifySignatureInTurns } from './verify-signature.ts';

const noPause = (): Promise<void> => Promise.resolve();

function parseGood(text: string): ParsedToken {
  const token = parseToken(text);
  assert.ok(typeof token !== 'number', `status ${token}`);
  return token;
}

/** Both ways to verify have to agree. */
async function statusOf(text: string, keySet: KeySet): Promise<Status> {
  const token = parseGood(text);
  const atOnce = verifySignature(token, keySet);
  assert.deepEqual(await verifySignatureInTurns(token, keySet, noPause), atOnce);
  assert.equal(atOnce.key === null, atOnce.status !== STATUS.ok);
  return atOnce.status;
}

const names = algorithms.map(({ name }) => name);
const token = (name: AlgorithmName, kid?: string): string =>
  rawToken(kid === undefined ? { alg: name } : { alg: name, kid }, { sub: 's' }, name);

describe('each algorithm', () => {
  for (const name of names) {
    it(`${name} verifies with its key, with and without alg, and tells the key`, async () => {
      const jwk = testJwk(name, { kid: 'k' });
      assert.equal(await statusOf(token(name, 'k'), keySetOf(jwk)), STATUS.ok);
      assert.equal(await statusOf(token(name), keySetOf({ ...jwk, alg: name })), STATUS.ok);
      assert.equal(verifySignature(parseGood(token(name)), keySetOf(jwk)).key?.kid, 'k');
    });

    it(`${name} does not verify when a bit of the signature is another`, async () => {
      const [header, payload, signature] = token(name).split('.');
      const bytes = Buffer.from(signature as string, 'base64url');
      for (const place of [0, bytes.length >> 1, bytes.length - 1]) {
        const forged = Buffer.from(bytes);
        forged[place]! ^= 1;
        const text = `${header}.${payload}.${forged.toString('base64url')}`;
        assert.equal(await statusOf(text, keySetOf(testJwk(name))), STATUS.jwtVerificationFails);
      }
    });
  }
});

describe('the choice of the key', () => {
  it('a set without keys is 31', async () => {
    assert.equal(
      await statusOf(token('RS256'), createKeySet([], [], nodeCrypto)),
      STATUS.jwksWithoutValidKey,
    );
  });
  it('no key of the kid or alg is 32', async () => {
    assert.equal(
      await statusOf(token('RS256', 'x'), keySetOf(testJwk('RS256', { kid: 'y' }))),
      STATUS.jwksWithoutMatchingKey,
    );
    assert.equal(
      await statusOf(token('RS256'), keySetOf(testJwk('RS256', { alg: 'RS384' }))),
      STATUS.jwksWithoutMatchingKey,
    );
  });
  it('keys tried in vain are 26', async () => {
    assert.equal(await statusOf(token('RS256'), keySetOf(testJwk('RS384'))), STATUS.jwtVerificationFails);
  });
  it('an empty kid counts as none', async () => {
    assert.equal(await statusOf(token('RS256', ''), keySetOf(testJwk('RS256', { kid: 'y' }))), STATUS.ok);
  });
  it('two keys of one kid are both tried', async () => {
    const keySet = keySetOf(testJwk('RS384', { kid: 'k' }), testJwk('RS256', { kid: 'k' }));
    assert.equal(await statusOf(token('RS256', 'k'), keySet), STATUS.ok);
  });
  it('an Ed25519 key on the way stops a signature of another length with 23', async () => {
    assert.equal(
      await statusOf(token('RS256'), keySetOf(testJwk('EdDSA'), testJwk('RS256'))),
      STATUS.jwtEd25519SignatureWrongLength,
    );
    assert.equal(await statusOf(token('RS256'), keySetOf(testJwk('RS256'), testJwk('EdDSA'))), STATUS.ok);
    assert.equal(
      await statusOf(token('RS256'), keySetOf(testJwk('EdDSA', { alg: 'EdDSA' }), testJwk('RS256'))),
      STATUS.ok,
    );
    assert.equal(
      await statusOf(`${encodePart({ alg: 'EdDSA' })}.e30.AAAA`, keySetOf(testJwk('EdDSA'))),
      STATUS.jwtEd25519SignatureWrongLength,
    );
  });
  it('a refused key is tried and never verifies', async () => {
    assert.equal(
      await statusOf(token('RS256'), keySetOf(testJwk('RS256', { use: 'enc' }))),
      STATUS.jwtVerificationFails,
    );
    assert.equal(
      await statusOf(token('ES256'), keySetOf(testJwk('ES256', { key_ops: ['sign'] }))),
      STATUS.jwtVerificationFails,
    );
  });
});

describe('confusion of keys and algorithms', () => {
  const hmacToken = (alg: string, hash: string, secret: string | Buffer): string => {
    const text = `${encodePart({ alg })}.${encodePart({ sub: 's' })}`;
    return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
  };
  const secret = Buffer.from(testJwk('HS512')['k'] as string, 'base64url');

  for (const alg of names.filter((name) => !name.startsWith('HS'))) {
    it(`an oct key does not verify an HMAC that calls itself ${alg}`, async () => {
      for (const hash of ['sha256', 'sha384', 'sha512']) {
        assert.equal(
          await statusOf(hmacToken(alg, hash, secret), keySetOf(testJwk('HS512'))),
          STATUS.jwtVerificationFails,
        );
      }
    });
  }
  it('a public key is no HMAC secret, in whatever form', async () => {
    const jwk = testJwk('RS256');
    const forms = [jwk['n'] as string, Buffer.from(jwk['n'] as string, 'base64url'), JSON.stringify(jwk)];
    for (const form of forms) {
      assert.equal(
        await statusOf(hmacToken('HS256', 'sha256', form), keySetOf(jwk)),
        STATUS.jwtVerificationFails,
      );
    }
  });
  it('HMAC with the hash of another algorithm, cut or lengthened, does not verify', async () => {
    const keySet = keySetOf(testJwk('HS512'));
    assert.equal(await statusOf(hmacToken('HS256', 'sha512', secret), keySet), STATUS.jwtVerificationFails);
    const good = hmacToken('HS256', 'sha256', secret);
    assert.equal(await statusOf(good, keySet), STATUS.ok);
    assert.equal(await statusOf(good.slice(0, -3), keySet), STATUS.jwtVerificationFails);
    assert.equal(await statusOf(`${good}A`, keySet), STATUS.jwtVerificationFails);
  });
  it('RS and PS of one key and hash do not stand for each other', async () => {
    const keySet = keySetOf(testJwk('RS256'));
    assert.equal(
      await statusOf(rawToken({ alg: 'PS256' }, {}, 'RS256'), keySet),
      STATUS.jwtVerificationFails,
    );
    assert.equal(
      await statusOf(rawToken({ alg: 'RS512' }, {}, 'RS256'), keySet),
      STATUS.jwtVerificationFails,
    );
  });
  it('a curve verifies its own algorithm only', async () => {
    const text = `${encodePart({ alg: 'ES256' })}.e30`;
    const key = { key: testKey('ES384').handle as never, dsaEncoding: 'ieee-p1363' } as const;
    const forged = `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
    assert.equal(await statusOf(forged, keySetOf(testJwk('ES384'))), STATUS.jwtVerificationFails);
  });
});

describe('ECDSA signatures are r‖s, each as long as the field', () => {
  const text = `${encodePart({ alg: 'ES256' })}.e30`;
  const signature = Buffer.from(signText(text, 'ES256').split('.')[2] as string, 'base64url');
  const zero = Buffer.alloc(1);
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
  const forms: Record<string, Buffer> = {
    'a byte too many': Buffer.concat([signature, zero]),
    'padded halves': Buffer.concat([zero, signature.subarray(0, 32), zero, signature.subarray(32)]),
    DER: sign('sha256', Buffer.from(text), testKey('ES256').handle as never),
    'r = s = 0': Buffer.alloc(64),
    'r = s = n': Buffer.concat([order, order]),
    'r = 1, s = 1': Buffer.concat([Buffer.alloc(31), Buffer.from([1]), Buffer.alloc(31), Buffer.from([1])]),
    'one byte': zero,
  };
  for (const [name, bytes] of Object.entries(forms)) {
    it(`refuses ${name}`, async () => {
      assert.equal(
        await statusOf(`${text}.${bytes.toString('base64url')}`, keySetOf(testJwk('ES256'))),
        STATUS.jwtVerificationFails,
      );
    });
  }
});

describe('a spelling fault', () => {
  const keySet = keySetOf(testJwk('RS256'));
  const spelled = (name: string, given: string, want: Status) => ({ name, given, want });
  const h = encodePart({ alg: 'RS256' });
  const cases = [
    spelled(
      'takes the place of ok: payload',
      signText(`${h}.${encodePart('{}  ')}==`),
      STATUS.jwtPayloadBadBase64,
    ),
    spelled(
      'takes the place of ok: JSON',
      signText(`${h}.${encodePart('{"a":1,}')}`),
      STATUS.jwtPayloadBadJson,
    ),
    spelled(
      'takes the place of ok: crit',
      rawToken({ alg: 'RS256', crit: ['b64'] }, {}),
      STATUS.jwtVerificationFails,
    ),
    spelled('takes the place of ok: dots', `.${signText(`${h}.e30`)}`, STATUS.jwtIsNotThreeParts),
    spelled('takes the place of ok: signature', `${signText(`${h}.e30`)}==`, STATUS.jwtVerificationFails),
    spelled(
      'gives way to a wrong signature',
      `.${rawToken({ alg: 'RS256' }, {}, 'RS384')}`,
      STATUS.jwtVerificationFails,
    ),
  ];
  for (const { name, given, want } of cases) {
    it(name, async () => assert.equal(await statusOf(given, keySet), want));
  }
});

describe('turns', () => {
  it('a fast key is tried at once, a slow one not, nor many', () => {
    const rs = testJwk('RS256');
    assert.ok(verifiesAtOnce(parseGood(token('RS256')), keySetOf(rs)));
    assert.ok(verifiesAtOnce(parseGood(token('RS256')), keySetOf(rs, testJwk('ES384'))));
    assert.ok(!verifiesAtOnce(parseGood(token('ES384')), keySetOf(testJwk('ES384'))));
    assert.ok(verifiesAtOnce(parseGood(token('RS256')), keySetOf(...Array(16).fill(rs))));
    assert.ok(!verifiesAtOnce(parseGood(token('RS256')), keySetOf(...Array(17).fill(rs))));
  });
  it('there is a pause after each sixteen tries', async () => {
    let pauses = 0;
    const keySet = keySetOf(...Array(40).fill(testJwk('RS384')));
    await verifySignatureInTurns(parseGood(token('RS256')), keySet, () => {
      pauses++;
      return Promise.resolve();
    });
    assert.equal(pauses, 2);
  });
});

describe('no other text than the signed one verifies', () => {
  const good = token('ES256');
  const keySet = keySetOf(testJwk('ES256'));
  const admitted = (text: string): boolean => {
    const parsed = parseToken(text);
    return typeof parsed !== 'number' && verifySignature(parsed, keySet).status === STATUS.ok;
  };
  it('whatever is put in place of a stretch of it', () => {
    assert.ok(admitted(good));
    const place = fc.nat(good.length);
    fc.assert(
      fc.property(place, fc.nat(3), fc.string({ unit: 'binary', maxLength: 4 }), (at, removed, added) => {
        const text = good.slice(0, at) + added + good.slice(at + removed);
        assert.equal(admitted(text), text === good);
      }),
      { numRuns: 2000 },
    );
  });
  it('whatever its last letter is', () => {
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. ') {
      const text = good.slice(0, -1) + letter;
      assert.equal(admitted(text), text === good);
    }
  });
});
