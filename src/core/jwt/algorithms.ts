/** One row per `alg` of RFC 7518 §3.1 and RFC 8037 that is taken. Nothing else in the program lists algorithms. */
export interface Algorithm {
  readonly name: AlgorithmName;
  readonly scheme: 'hmac' | 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa' | 'eddsa';
  readonly kty: KeyType;
  /** Name of the hash, empty for EdDSA, which has its own. */
  readonly hash: '' | 'sha256' | 'sha384' | 'sha512';
  /** Length of the hash; the least length of an HMAC key (RFC 7518 §3.2). 0 for EdDSA. */
  readonly hashBytes: number;
  /** Curve of the key, empty where the key has none. */
  readonly crv: '' | 'P-256' | 'P-384' | 'P-521' | 'Ed25519';
  /** The only length that a signature may have; 0 where the key decides it. */
  readonly signatureBytes: number;
}

/** `kty` of a key that can verify (RFC 7518 §6.1, RFC 8037 §2). */
export type KeyType = 'RSA' | 'EC' | 'oct' | 'OKP';

/** The algorithms that are verified (RFC 7518 §3.1, RFC 8037 §3.1). `none` is not among them. */
export type AlgorithmName =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA';

const row = (
  name: AlgorithmName,
  scheme: Algorithm['scheme'],
  kty: KeyType,
  hash: Algorithm['hash'],
  crv: Algorithm['crv'],
  signatureBytes: number,
): Algorithm => ({ name, scheme, kty, hash, hashBytes: Number(hash.slice(3)) / 8, crv, signatureBytes });

/** One row an algorithm: nothing else has to enumerate them. */
export const algorithms: readonly Algorithm[] = [
  row('HS256', 'hmac', 'oct', 'sha256', '', 32),
  row('HS384', 'hmac', 'oct', 'sha384', '', 48),
  row('HS512', 'hmac', 'oct', 'sha512', '', 64),
  row('RS256', 'rsa-pkcs1', 'RSA', 'sha256', '', 0),
  row('RS384', 'rsa-pkcs1', 'RSA', 'sha384', '', 0),
  row('RS512', 'rsa-pkcs1', 'RSA', 'sha512', '', 0),
  row('PS256', 'rsa-pss', 'RSA', 'sha256', '', 0),
  row('PS384', 'rsa-pss', 'RSA', 'sha384', '', 0),
  row('PS512', 'rsa-pss', 'RSA', 'sha512', '', 0),
  row('ES256', 'ecdsa', 'EC', 'sha256', 'P-256', 64),
  row('ES384', 'ecdsa', 'EC', 'sha384', 'P-384', 96),
  row('ES512', 'ecdsa', 'EC', 'sha512', 'P-521', 132),
  row('EdDSA', 'eddsa', 'OKP', '', 'Ed25519', 64),
];

const byName = new Map<string, Algorithm>(algorithms.map((algorithm) => [algorithm.name, algorithm]));

/** Exact and case-sensitive: `none`, `rs256`, `ES256K`, `Ed25519` are none (Envoy: jwt.cc). */
export function selectAlgorithm(name: string): Algorithm | undefined {
  return byName.get(name);
}
