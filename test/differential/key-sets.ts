import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import type { CertifiedPoolKey, KeyPool, PoolKey } from './keys.ts';
import { oddDocument, respellKey } from './odd-key-sets.ts';

/** A key as it stands in a set. */
export interface PublishedKey {
  key: PoolKey;
  kid: string | undefined;
  alg: string | undefined;
}

export interface KeySet {
  text: string;
  /** What it is in bytes where they are no UTF-8. */
  bytes: Buffer | null;
  keys: PublishedKey[];
}

const WEIGHTS = [6, 3, 3, 3, 1, 3, 1, 1, 1];

/** Keys that no side can use; they must not spoil their neighbours. */
const BROKEN: Json[] = [
  1,
  null,
  'key',
  {},
  { kty: 'RSA' },
  { kty: 'RSA', n: 'AQAB', e: 'AQAB' },
  { kty: 'RSA', n: '!!', e: 'AQAB' },
  { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
  { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' },
  { kty: 'oct', k: '' },
  { kty: 'oct', k: 'AAAA', alg: 'HS999' },
  { kty: 'OKP', crv: 'X25519', x: 'AA' },
  { kty: 'what', kid: 'es' },
];

/** A JWKS document of one to four keys, named or not, with or without algorithms, at times with broken ones between. */
export function generateKeySet(choose: Choose, pool: KeyPool): KeySet {
  if (choose.chance(0.04)) return generateCertificates(choose, pool);
  const keys = choose.list(1, choose.chance(0.5) ? 1 : 4, () => publish(choose, pickKey(choose, pool)));
  const members: Json[] = keys.map(({ key, kid, alg }) => ({
    ...(choose.chance(0.06) ? respellKey(choose, key.jwk) : key.jwk),
    ...(kid === undefined ? {} : { kid }),
    ...(alg === undefined ? {} : { alg }),
    ...choose.field(0.3, 'use', () => (choose.chance(0.05) ? 'enc' : 'sig')),
    ...choose.field(0.05, 'key_ops', () => (choose.chance(0.2) ? ['sign'] : ['verify'])),
  }));
  if (choose.chance(0.1)) members.splice(choose.below(members.length + 1), 0, choose.pick(BROKEN));
  const document: JsonObject = { ...choose.field(0.05, 'more', () => [1]), keys: members };
  const text = JSON.stringify(document);
  return choose.chance(0.1) ? { ...oddDocument(choose, text), keys } : { text, bytes: null, keys };
}

/** Google's form: names, and certificates under them. */
function generateCertificates(choose: Choose, { certified, published }: KeyPool): KeySet {
  const [key, other] = certified as readonly [CertifiedPoolKey, CertifiedPoolKey];
  const names = choose.some(1, 2, ['cert', 'k', '']);
  const pem = choose.weighted<string>([
    [12, () => `${key.pem.trim()}\n`],
    [1, () => key.pem.trim()],
    [1, () => `${key.pem.trim().replaceAll('\n', '\r\n')}\n`],
    [1, () => `${key.pem.trim()}\n${key.pem.trim()}\n`],
    [1, () => `${key.pem.trim().replace('MII', 'AAA')}\n`],
    [1, () => `${other.pem.trim()}\n`],
  ]);
  const document: JsonObject = {
    ...Object.fromEntries(names.map((name) => [name, pem])),
    ...choose.field<Json>(0.05, 'more', () => choose.pick<Json>([1, 'text', ''])),
  };
  const text = JSON.stringify(document);
  const keys = names.map((kid) => ({
    key: choose.chance(0.9) ? key : choose.pick(published),
    kid,
    alg: undefined,
  }));
  return choose.chance(0.1) ? { ...oddDocument(choose, text), keys } : { text, bytes: null, keys };
}

function pickKey(choose: Choose, pool: KeyPool): PoolKey {
  if (choose.chance(0.02)) return choose.pick(pool.weak);
  return choose.weighted(pool.published.map((key, index) => [WEIGHTS[index] ?? 1, () => key] as const));
}

function publish(choose: Choose, key: PoolKey): PublishedKey {
  const kid = choose.weighted<string | undefined>([
    [12, () => key.name],
    [2, () => 'shared'],
    [4, () => undefined],
    [1, () => ''],
  ]);
  const alg = choose.maybe(0.7, () => choose.pick(key.algorithms));
  return { key, kid, alg };
}
