import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { ecCertificate, rsaCertificate } from '../../../test/fixtures/certificates.ts';
import { testJwk } from '../../../test/fixtures/raw-token.ts';
import { articleJwks } from '../../../test/fixtures/seed-tokens.ts';
import { nodeCrypto } from '../../platform/index.ts';
import type { JsonObject } from './json-value.ts';
import type { KeySet } from './key-set.ts';
import {
  findingText,
  JWKS_KEYS_MAX,
  JWKS_LENGTH_MAX,
  jwksFaultText,
  parseJwks,
  parseJwksBytes,
} from './parse-jwks.ts';
import { STATUS, type Status } from './status.ts';

const parse = (text: string): KeySet | Status => parseJwks(text, nodeCrypto);
const parseKeys = (...keys: unknown[]): KeySet | Status => parse(JSON.stringify({ keys }));

function parseGood(...keys: unknown[]): KeySet {
  const keySet = parseKeys(...keys);
  assert.ok(typeof keySet !== 'number', `status ${keySet}`);
  return keySet;
}

const rsa = testJwk('RS256');
const ec = testJwk('ES256');
const okp = testJwk('EdDSA');
const oct = testJwk('HS256');
const without = (jwk: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(jwk).filter(([member]) => member !== name));
const rsaOfBits = (modulusLength: number): JsonObject =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' }) as JsonObject;
const evenModulus = Buffer.concat([
  Buffer.from(rsa['n'] as string, 'base64url').subarray(0, 255),
  Buffer.alloc(1),
]);
const withZero = (text: unknown): string =>
  Buffer.concat([Buffer.alloc(1), Buffer.from(text as string, 'base64url')]).toString('base64url');

describe('a document that is no key set', () => {
  it('has bytes that are not UTF-8, wherever they stand', () => {
    const text = JSON.stringify({ note: '\ufffd', keys: [rsa] });
    assert.ok(typeof parseJwksBytes(Buffer.from(text), nodeCrypto) !== 'number');
    const bytes = Buffer.from(text.replace('\ufffd', '\u00ff'), 'latin1');
    assert.equal(parseJwksBytes(bytes, nodeCrypto), STATUS.jwksBadJson);
  });

  const cases: { given: string; want: Status }[] = [
    { given: '', want: STATUS.jwksBadJson },
    { given: '[]', want: STATUS.jwksBadJson },
    { given: '"x"', want: STATUS.jwksBadJson },
    { given: '{"keys":[],"keys":[]}', want: STATUS.jwksBadJson },
    { given: ' '.repeat(JWKS_LENGTH_MAX + 1), want: STATUS.jwksBadJson },
    { given: '-----BEGIN PUBLIC KEY-----\n', want: STATUS.jwksBadJson },
    { given: 'null', want: STATUS.jwksWithoutKeys },
    { given: '{}', want: STATUS.jwksWithoutKeys },
    { given: JSON.stringify(rsa), want: STATUS.jwksWithoutKeys },
    { given: '{"keys":{}}', want: STATUS.jwksKeysNotArray },
    { given: '{"keys":null}', want: STATUS.jwksKeysNotArray },
    { given: '{"keys":[]}', want: STATUS.jwksWithoutValidKey },
    { given: '{"keys":[1,"a",null,[]]}', want: STATUS.jwksWithoutValidKey },
  ];
  for (const { given, want } of cases) {
    it(`${given.slice(0, 40)} is ${want}`, () => assert.equal(parse(given), want));
  }

  it('is told as Envoy tells it, but for one that is too long for jotgate alone', () => {
    assert.equal(jwksFaultText('{}', STATUS.jwksWithoutKeys), 'Jwks does not have [keys] field');
    const long = jwksFaultText(' '.repeat(JWKS_LENGTH_MAX + 1), STATUS.jwksBadJson);
    assert.match(long, /^the key set is longer than 4194304 characters/);
  });
});

describe('a key that Envoy cannot read is skipped, and alone gives the document its status', () => {
  const cases: { name: string; given: JsonObject; want: Status }[] = [
    { name: 'no kty', given: {}, want: STATUS.jwksKtyMissing },
    { name: 'kty null', given: { kty: null }, want: STATUS.jwksKtyBad },
    { name: 'kty rsa', given: { ...rsa, kty: 'rsa' }, want: STATUS.jwksKtyNotSupported },
    { name: 'RSA with HS256', given: { ...rsa, alg: 'HS256' }, want: STATUS.jwksRsaBadAlg },
    { name: 'RSA without n', given: without(rsa, 'n'), want: STATUS.jwksRsaNMissing },
    { name: 'RSA with n null', given: { ...rsa, n: null }, want: STATUS.jwksRsaNNotString },
    { name: 'RSA without e', given: without(rsa, 'e'), want: STATUS.jwksRsaEMissing },
    { name: 'RSA with e as a number', given: { ...rsa, e: 65537 }, want: STATUS.jwksRsaENotString },
    { name: 'RSA with e = 1', given: { ...rsa, e: 'AQ' }, want: STATUS.jwksRsaBadNumbers },
    { name: 'RSA with an even e', given: { ...rsa, e: 'BA' }, want: STATUS.jwksRsaBadNumbers },
    { name: 'RSA with e = 5', given: { ...rsa, e: 'BQ' }, want: STATUS.jwksRsaBadNumbers },
    {
      name: 'RSA with an even modulus',
      given: { ...rsa, n: evenModulus.toString('base64url') },
      want: STATUS.jwksRsaBadNumbers,
    },
    { name: 'RSA with an empty modulus', given: { ...rsa, n: '' }, want: STATUS.jwksRsaBadNumbers },
    { name: 'RSA in the standard alphabet', given: { ...rsa, n: '+/+/' }, want: STATUS.jwksRsaBadNumbers },
    {
      name: 'RSA of 511 bits',
      given: { ...rsa, n: Buffer.alloc(64, 0x7f).toString('base64url') },
      want: STATUS.jwksRsaBadNumbers,
    },
    {
      name: 'RSA of 16392 bits',
      given: { ...rsa, n: Buffer.alloc(2049, 0xff).toString('base64url') },
      want: STATUS.jwksRsaBadNumbers,
    },
    { name: 'EC with RS256', given: { ...ec, alg: 'RS256' }, want: STATUS.jwksEcBadAlg },
    { name: 'EC with crv as a number', given: { ...ec, crv: 256 }, want: STATUS.jwksEcCrvNotString },
    { name: 'EC on an unknown curve', given: { ...ec, crv: 'P-224' }, want: STATUS.jwksEcCrvNotSupported },
    {
      name: 'EC of an unknown alg',
      given: { ...without(ec, 'crv'), alg: 'ESx' },
      want: STATUS.jwksEcCrvNotSupported,
    },
    { name: 'EC with alg of another curve', given: { ...ec, alg: 'ES384' }, want: STATUS.jwksEcCrvNotOfAlg },
    { name: 'EC with ES256K', given: { ...ec, alg: 'ES256K' }, want: STATUS.jwksEcCrvNotOfAlg },
    { name: 'EC without x', given: without(ec, 'x'), want: STATUS.jwksEcXMissing },
    { name: 'EC with x as a number', given: { ...ec, x: 1 }, want: STATUS.jwksEcXNotString },
    { name: 'EC without y', given: without(ec, 'y'), want: STATUS.jwksEcYMissing },
    { name: 'EC with y as a number', given: { ...ec, y: 1 }, want: STATUS.jwksEcYNotString },
    { name: 'EC with x that is no base64url', given: { ...ec, x: '!' }, want: STATUS.jwksEcBadBase64 },
    {
      name: 'EC off the curve',
      given: { ...ec, x: ec['y'] as string, y: ec['x'] as string },
      want: STATUS.jwksEcBadPoint,
    },
    {
      name: 'EC with x too long',
      given: { ...ec, x: `${ec['x']}${ec['x']}`.slice(0, 64) },
      want: STATUS.jwksEcBadPoint,
    },
    { name: 'oct with HS999', given: { ...oct, alg: 'HS999' }, want: STATUS.jwksOctBadAlg },
    { name: 'oct for AES', given: { ...oct, alg: 'A256GCM' }, want: STATUS.jwksOctBadAlg },
    { name: 'oct without k', given: { kty: 'oct' }, want: STATUS.jwksOctKMissing },
    { name: 'oct with k as a number', given: { kty: 'oct', k: 1 }, want: STATUS.jwksOctKNotString },
    { name: 'oct with an empty k', given: { kty: 'oct', k: '' }, want: STATUS.jwksOctBadBase64 },
    { name: 'oct with k that is no base64url', given: { kty: 'oct', k: '+' }, want: STATUS.jwksOctBadBase64 },
    { name: 'OKP with the name of RFC 9864', given: { ...okp, alg: 'Ed25519' }, want: STATUS.jwksOkpBadAlg },
    { name: 'OKP without crv', given: without(okp, 'crv'), want: STATUS.jwksOkpCrvMissing },
    { name: 'OKP with crv as a number', given: { ...okp, crv: 1 }, want: STATUS.jwksOkpCrvNotString },
    { name: 'OKP on Ed448', given: { ...okp, crv: 'Ed448' }, want: STATUS.jwksOkpCrvNotSupported },
    { name: 'OKP without x', given: without(okp, 'x'), want: STATUS.jwksOkpXMissing },
    { name: 'OKP with x as a number', given: { ...okp, x: 1 }, want: STATUS.jwksOkpXNotString },
    { name: 'OKP with x that is no base64url', given: { ...okp, x: '!' }, want: STATUS.jwksOkpBadBase64 },
    { name: 'OKP with a short x', given: { ...okp, x: 'AAAA' }, want: STATUS.jwksOkpWrongLength },
  ];
  for (const { name, given, want } of cases) {
    it(`${name} is ${want}`, () => {
      assert.equal(parseKeys(given), want);
      assert.equal(parseKeys(given, { kty: 'X' }), want);
      const keySet = parseGood({ ...given, kid: 'k' }, rsa);
      assert.deepEqual(
        keySet.findings.map(({ index, kid, kind, status }) => ({ index, kid, kind, status })),
        [{ index: 0, kid: 'k', kind: 'skipped', status: want }],
      );
      assert.deepEqual(
        keySet.keys.map((key) => key.index),
        [1],
      );
    });
  }
});

describe('what Envoy takes in a key is taken', () => {
  const cases: { name: string; given: JsonObject; alg: string; accepts: string[] }[] = [
    { name: 'RSA', given: rsa, alg: '', accepts: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] },
    { name: 'RSA for RS256', given: { ...rsa, alg: 'RS256' }, alg: 'RS256', accepts: ['RS256'] },
    {
      name: 'RSA for encryption',
      given: { ...rsa, alg: 'RSA-OAEP', use: 'enc' },
      alg: 'RSA-OAEP',
      accepts: [],
    },
    {
      name: 'alg of another type',
      given: { ...rsa, alg: 5, kid: 6 },
      alg: '',
      accepts: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    },
    {
      name: 'a leading zero byte and padding',
      given: { ...rsa, n: withZero(rsa['n']), e: 'AAEAAQ==' },
      alg: '',
      accepts: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    },
    { name: 'EC', given: ec, alg: '', accepts: ['ES256'] },
    { name: 'EC without curve', given: without(ec, 'crv'), alg: '', accepts: ['ES256'] },
    { name: 'EC with an empty curve', given: { ...ec, crv: '' }, alg: '', accepts: ['ES256'] },
    {
      name: 'EC with a leading zero byte',
      given: { ...ec, x: withZero(ec['x']) },
      alg: '',
      accepts: ['ES256'],
    },
    {
      name: 'P-384 told by alg',
      given: { ...without(testJwk('ES384'), 'crv'), alg: 'ES384' },
      alg: 'ES384',
      accepts: ['ES384'],
    },
    { name: 'P-521', given: testJwk('ES512'), alg: '', accepts: ['ES512'] },
    { name: 'oct of 32 bytes', given: oct, alg: '', accepts: ['HS256'] },
    { name: 'oct of 64 bytes', given: testJwk('HS512'), alg: '', accepts: ['HS256', 'HS384', 'HS512'] },
    { name: 'OKP', given: okp, alg: '', accepts: ['EdDSA'] },
    {
      name: 'key_ops with verify',
      given: { ...okp, key_ops: ['verify', 'sign'], use: 'sig' },
      alg: '',
      accepts: ['EdDSA'],
    },
  ];
  for (const { name, given, alg, accepts } of cases) {
    it(name, () => {
      const keySet = parseGood(given);
      assert.deepEqual(keySet.findings, []);
      const [key] = keySet.keys;
      assert.ok(key !== undefined);
      assert.equal(key.alg, alg);
      assert.deepEqual([...key.accepts], accepts);
      assert.ok(keySet.has(key.identity));
    });
  }

  it('the same numbers spelled otherwise are the same key', () => {
    const spelled = parseGood({ ...rsa, n: withZero(rsa['n']) }).keys[0];
    assert.equal(spelled?.identity, parseGood(rsa).keys[0]?.identity);
    assert.notEqual(spelled?.identity, parseGood({ ...rsa, alg: 'RS256' }).keys[0]?.identity);
  });

  it("Envoy's lenient JSON", () => {
    assert.ok(typeof parse(`{keys:[${JSON.stringify(rsa)},],}`) !== 'number');
  });

  it("the article's key set, without a word about its encryption key", () => {
    const keySet = parse(JSON.stringify(articleJwks));
    assert.ok(typeof keySet !== 'number');
    assert.deepEqual([keySet.keys.length, keySet.findings], [2, []]);
  });

  it('ES384, ES512 and RSA over 4096 bits are slow', () => {
    const slow = [
      testJwk('ES384'),
      testJwk('ES512'),
      { ...rsa, n: Buffer.alloc(640, 0xff).toString('base64url') },
    ];
    assert.ok(parseGood(...slow).keys.every((key) => key.slow));
    assert.ok(!parseGood(rsa, ec, okp).keys.some((key) => key.slow));
  });
});

describe('a key that proves nothing is refused, whoever else takes it', () => {
  const roca = Buffer.from(
    (65_537n ** 200n).toString(16).padStart(812, '0').slice(-812).padStart(812, '0'),
    'hex',
  );
  const cases: { name: string; given: JsonObject; reason: RegExp }[] = [
    { name: 'RSA of 1024 bits', given: rsaOfBits(1024), reason: /1024 bits is too short, 2048/ },
    {
      name: 'a ROCA modulus',
      given: { kty: 'RSA', e: 'AQAB', n: roca.toString('base64url') },
      reason: /ROCA/,
    },
    { name: 'use enc', given: { ...rsa, use: 'enc' }, reason: /`use`/ },
    { name: 'use of another type', given: { ...rsa, use: ['sig'] }, reason: /`use`/ },
    { name: 'key_ops without verify', given: { ...ec, key_ops: ['sign'] }, reason: /`key_ops`/ },
    { name: 'key_ops that is no list', given: { ...ec, key_ops: 'verify' }, reason: /`key_ops`/ },
    {
      name: 'HMAC of 31 bytes',
      given: { kty: 'oct', k: Buffer.alloc(31, 1).toString('base64url') },
      reason: /31 bytes is too short, 32/,
    },
    {
      name: 'HMAC shorter than its hash',
      given: { ...oct, alg: 'HS384' },
      reason: /32 bytes is too short, 48/,
    },
  ];
  for (const { name, given, reason } of cases) {
    it(name, () => {
      const keySet = parseGood({ ...given, kid: 'weak' });
      const [key] = keySet.keys;
      assert.match(key?.refusal ?? '', reason);
      assert.equal(key?.accepts.size, 0);
      assert.equal(keySet.has(key?.identity ?? ''), false);
      assert.equal(keySet.findings[0]?.kind, 'refused');
      assert.match(findingText(keySet.findings[0]), /^key 0 \(kid `weak`\) refused: /);
    });
  }

  it('private members are dropped, and told', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    const keySet = parseGood(pair);
    assert.equal(keySet.keys[0]?.refusal, null);
    assert.equal(keySet.keys[0]?.handle?.type, 'public');
    assert.match(findingText(keySet.findings[0]!), /^key 0 dropped: its private half \(d\)/);
  });

  it('keys after the ten thousandth are refused', () => {
    const secret = { kty: 'oct', k: oct['k'] };
    const keySet = parseGood(...Array(JWKS_KEYS_MAX + 1).fill(secret));
    assert.equal(keySet.keys.length, JWKS_KEYS_MAX);
    assert.match(keySet.findings.at(-1)?.reason ?? '', /10001 keys/);
  });
});

describe('a secret in doubtful company', () => {
  const other = testJwk('HS384', { kid: 'a' });
  const cases: { name: string; given: unknown[]; doubted: number[] }[] = [
    { name: 'among public keys', given: [oct, ec], doubted: [0] },
    {
      name: 'that shares its kid with another',
      given: [{ ...oct, kid: 'a' }, other, { ...oct, kid: 'b' }],
      doubted: [0, 1],
    },
    {
      name: 'twice the same',
      given: [
        { ...oct, kid: 'a' },
        { ...oct, kid: 'a', alg: 'HS256' },
      ],
      doubted: [],
    },
    { name: 'without kid', given: [oct, testJwk('HS384')], doubted: [] },
    {
      name: 'none: two public keys of one kid',
      given: [{ ...rsa, kid: 'a' }, testJwk('RS384', { kid: 'a' })],
      doubted: [],
    },
  ];
  for (const { name, given, doubted } of cases) {
    it(`${name}: told, and used as Envoy does`, () => {
      const keySet = parseGood(...given);
      assert.deepEqual(
        keySet.findings.map(({ index, kind }) => [index, kind]),
        doubted.map((index) => [index, 'doubted']),
      );
      assert.ok(keySet.keys.every((key) => key.refusal === null));
    });
    it(`${name}: refused where the set is judged as a published one`, () => {
      const keySet = parseJwks(JSON.stringify({ keys: given }), nodeCrypto, 'refuse');
      assert.ok(typeof keySet !== 'number');
      assert.deepEqual(
        keySet.keys.filter((key) => key.refusal !== null).map((key) => key.index),
        doubted,
      );
      assert.ok(keySet.findings.every(({ kind }) => kind === 'refused'));
    });
  }
});

describe('candidates', () => {
  const keySet = parseGood({ ...rsa, kid: 'a' }, ec, { ...okp, kid: 'b' }, { ...oct, kid: 'a' });
  const indices = (kid: string): number[] => keySet.candidates(kid).map((key) => key.index);
  it('are those of the same kid or without one, in document order', () => {
    assert.deepEqual(indices('a'), [0, 1, 3]);
    assert.deepEqual(indices('b'), [1, 2]);
    assert.deepEqual(indices('c'), [1]);
    assert.deepEqual(indices(''), [0, 1, 2, 3]);
  });
  it('of a set where all keys have a kid are those of the kid', () => {
    const named = parseGood({ ...rsa, kid: 'a' }, { ...ec, kid: '__proto__' });
    assert.deepEqual(
      named.candidates('__proto__').map((key) => key.index),
      [1],
    );
    assert.deepEqual(named.candidates('constructor'), []);
  });
});

describe("Google's map of certificates", () => {
  const map = (entries: Record<string, unknown>): KeySet | Status => parse(JSON.stringify(entries));
  it('gives RSA keys by kid', () => {
    const keySet = map({ a: rsaCertificate });
    assert.ok(typeof keySet !== 'number');
    assert.deepEqual(
      keySet.keys.map(({ kid, alg, kty }) => ({ kid, alg, kty })),
      [{ kid: 'a', alg: '', kty: 'RSA' }],
    );
  });
  const garbage = (body: string): string =>
    `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
  const cases: { name: string; given: Record<string, unknown>; want: Status }[] = [
    {
      name: 'a value that is no certificate',
      given: { a: rsaCertificate, b: 1 },
      want: STATUS.jwksWithoutKeys,
    },
    { name: 'an empty kid', given: { '': rsaCertificate }, want: STATUS.jwksWithoutKeys },
    { name: 'no line feed at the end', given: { a: rsaCertificate.trimEnd() }, want: STATUS.jwksWithoutKeys },
    { name: 'an EC certificate', given: { a: ecCertificate }, want: STATUS.jwksX509NoRsaKey },
    { name: 'rubbish between the marks', given: { a: garbage('AAAA') }, want: STATUS.jwksX509Bad },
    {
      name: 'one bad among good',
      given: { a: rsaCertificate, b: garbage('!!!!') },
      want: STATUS.jwksX509Bad,
    },
  ];
  for (const { name, given, want } of cases) it(`${name} is ${want}`, () => assert.equal(map(given), want));
});
