import type { PublicKeyMaterial } from './crypto-port.ts';
import { decodeLenientBase64url } from './decode-segment.ts';
import { type JsonObject, memberOf } from './json-value.ts';
import { STATUS, type Status } from './status.ts';

/** The numbers of a key, canonical, with what the rules about keys look at. */
export type KeyMaterial =
  | { kty: 'RSA'; crv: ''; publicKey: PublicKeyMaterial & { kty: 'RSA' }; modulus: Buffer; bits: number }
  | { kty: 'EC'; crv: Curve; publicKey: PublicKeyMaterial & { kty: 'EC' } }
  | { kty: 'OKP'; crv: 'Ed25519'; publicKey: PublicKeyMaterial & { kty: 'OKP' } }
  | { kty: 'oct'; crv: ''; secret: Buffer };

type Curve = 'P-256' | 'P-384' | 'P-521';

/** Reads a JWK's members by Envoy's rules, the first fault found in Envoy's order (envoy.md §4.5; Envoy: jwks.cc). */
export function decodeKeyMaterial(jwk: JsonObject, alg: string): KeyMaterial | Status {
  const kty = memberOf(jwk, 'kty');
  if (kty === undefined) return STATUS.jwksKtyMissing;
  if (typeof kty !== 'string') return STATUS.jwksKtyBad;
  if (kty === 'RSA') return decodeRsa(jwk, alg);
  if (kty === 'EC') return decodeEc(jwk, alg);
  if (kty === 'oct') return decodeOct(jwk, alg);
  if (kty === 'OKP') return decodeOkp(jwk, alg);
  return STATUS.jwksKtyNotSupported;
}

const RSA_BITS_MIN = 512;
const RSA_BITS_MAX = 16_384;

function decodeRsa(jwk: JsonObject, alg: string): KeyMaterial | Status {
  if (alg !== '' && !alg.startsWith('RS') && !alg.startsWith('PS')) return STATUS.jwksRsaBadAlg;
  const n = stringOf(jwk, 'n', STATUS.jwksRsaNMissing, STATUS.jwksRsaNNotString);
  if (typeof n !== 'string') return n;
  const e = stringOf(jwk, 'e', STATUS.jwksRsaEMissing, STATUS.jwksRsaENotString);
  if (typeof e !== 'string') return e;
  return createRsaMaterial(decodeNumber(n), decodeNumber(e)) ?? STATUS.jwksRsaBadNumbers;
}

/** null when a number is absent or the pair is no RSA key that Envoy takes: `e` 3 or 65537, an odd modulus of 512 to 16384 bits. */
export function createRsaMaterial(n: Buffer | null, e: Buffer | null): KeyMaterial | null {
  if (n === null || e === null || n.length === 0) return null;
  const exponent = e.toString('base64url');
  if (exponent !== 'AQAB' && exponent !== 'Aw') return null;
  const bits = n.length * 8 - Math.clz32(n[0] as number) + 24;
  const isOdd = ((n[n.length - 1] as number) & 1) === 1;
  if (!isOdd || bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) return null;
  return {
    kty: 'RSA',
    crv: '',
    publicKey: { kty: 'RSA', n: n.toString('base64url'), e: exponent },
    modulus: n,
    bits,
  };
}

const CURVE_OF_ALG: ReadonlyMap<string, Curve> = new Map([
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
]);
const FIELD_BYTES: ReadonlyMap<string, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
]);

function decodeEc(jwk: JsonObject, alg: string): KeyMaterial | Status {
  if (alg !== '' && !alg.startsWith('ES')) return STATUS.jwksEcBadAlg;
  const crv = decodeCurve(memberOf(jwk, 'crv'), alg);
  if (typeof crv === 'number') return crv;
  const x = stringOf(jwk, 'x', STATUS.jwksEcXMissing, STATUS.jwksEcXNotString);
  if (typeof x !== 'string') return x;
  const y = stringOf(jwk, 'y', STATUS.jwksEcYMissing, STATUS.jwksEcYNotString);
  if (typeof y !== 'string') return y;
  const [xNumber, yNumber] = [decodeNumber(x), decodeNumber(y)];
  if (xNumber === null || yNumber === null) return STATUS.jwksEcBadBase64;
  const bytes = FIELD_BYTES.get(crv) as number;
  if (xNumber.length > bytes || yNumber.length > bytes) return STATUS.jwksEcBadPoint;
  const publicKey = { kty: 'EC', crv, x: toField(xNumber, bytes), y: toField(yNumber, bytes) } as const;
  return { kty: 'EC', crv, publicKey };
}

/** Curve and `alg` tell each other; without both it is P-256. */
function decodeCurve(crv: unknown, alg: string): Curve | Status {
  if (crv !== undefined && typeof crv !== 'string') return STATUS.jwksEcCrvNotString;
  const named = crv ?? '';
  if (named !== '' && alg !== '' && CURVE_OF_ALG.get(alg) !== named) return STATUS.jwksEcCrvNotOfAlg;
  if (named === '') return CURVE_OF_ALG.get(alg === '' ? 'ES256' : alg) ?? STATUS.jwksEcCrvNotSupported;
  return FIELD_BYTES.has(named) ? (named as Curve) : STATUS.jwksEcCrvNotSupported;
}

const toField = (number: Buffer, bytes: number): string =>
  Buffer.concat([Buffer.alloc(bytes - number.length), number]).toString('base64url');

function decodeOct(jwk: JsonObject, alg: string): KeyMaterial | Status {
  if (alg !== '' && alg !== 'HS256' && alg !== 'HS384' && alg !== 'HS512') return STATUS.jwksOctBadAlg;
  const k = stringOf(jwk, 'k', STATUS.jwksOctKMissing, STATUS.jwksOctKNotString);
  if (typeof k !== 'string') return k;
  const secret = decodeLenientBase64url(k);
  return secret === null || secret.length === 0 ? STATUS.jwksOctBadBase64 : { kty: 'oct', crv: '', secret };
}

function decodeOkp(jwk: JsonObject, alg: string): KeyMaterial | Status {
  if (alg !== '' && alg !== 'EdDSA') return STATUS.jwksOkpBadAlg;
  const crv = stringOf(jwk, 'crv', STATUS.jwksOkpCrvMissing, STATUS.jwksOkpCrvNotString);
  if (typeof crv !== 'string') return crv;
  if (crv !== 'Ed25519') return STATUS.jwksOkpCrvNotSupported;
  const x = stringOf(jwk, 'x', STATUS.jwksOkpXMissing, STATUS.jwksOkpXNotString);
  if (typeof x !== 'string') return x;
  const bytes = decodeLenientBase64url(x);
  if (bytes === null) return STATUS.jwksOkpBadBase64;
  if (bytes.length !== 32) return STATUS.jwksOkpWrongLength;
  return {
    kty: 'OKP',
    crv: 'Ed25519',
    publicKey: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
  };
}

function stringOf(jwk: JsonObject, name: string, missing: Status, notString: Status): string | Status {
  const value = memberOf(jwk, name);
  if (value === undefined) return missing;
  return typeof value === 'string' ? value : notString;
}

/** A big-endian number without leading zeros; null when the text is no base64url for Envoy either. */
function decodeNumber(text: string): Buffer | null {
  const bytes = decodeLenientBase64url(text);
  if (bytes === null) return null;
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? Buffer.alloc(0) : bytes.subarray(start);
}
