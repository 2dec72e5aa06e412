import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Algorithm, type JsonObject, type SigningKey, selectAlgorithm } from '../../core/jwt/index.ts';
import {
  exportPublicJwk,
  generateSigningKey,
  importSigningSecret,
  nodeCrypto,
} from '../../platform/index.ts';
import type { IssuerSpec, PolicyTest, TokenSpec } from './policy-test.ts';

const DEFAULT_LIFETIME_SECONDS = 300;

/** Makes the keys of a test's issuers and the tokens to order. Keys are made when first needed and live as long as the run. */
export class TokenMint {
  readonly #test: PolicyTest;
  readonly #keys = new Map<string, SigningKey>();
  readonly #made = new Map<string, string>();

  constructor(test: PolicyTest) {
    this.#test = test;
  }

  /** The public keys of some issuers, as a key set. */
  jwksOf(issuers: readonly IssuerSpec[]): string {
    const keys = issuers.map((issuer) => ({
      kid: keyIdOf(issuer),
      use: 'sig',
      alg: issuer.alg,
      ...exportPublicJwk(this.#keyOf(issuer)),
    }));
    return JSON.stringify({ keys });
  }

  token(name: string): string {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const spec = this.#test.tokens.get(name) as TokenSpec;
    const token = spec.text ?? this.#make(spec);
    this.#made.set(name, token);
    return token;
  }

  #make(spec: TokenSpec): string {
    const issuer = this.#test.issuers.get(spec.issuer ?? '') as IssuerSpec;
    const alg = spec.alg ?? issuer.alg;
    const kid = spec.kid === undefined ? keyIdOf(issuer) : spec.kid;
    const header: JsonObject = { alg, typ: 'JWT', ...(kid === null ? {} : { kid }) };
    const payload = claimsOf(spec, issuer, Math.floor(this.#test.nowMs / 1000));
    const signedText = `${encode(header)}.${encode(payload)}`;
    const signature = alg === 'none' ? '' : this.#sign(signedText, spec, issuer, alg);
    return tamperWith(`${signedText}.${signature}`, spec, payload);
  }

  #sign(signedText: string, spec: TokenSpec, issuer: IssuerSpec, alg: string): string {
    const algorithm = selectAlgorithm(alg) as Algorithm;
    const key = this.#signerFor(spec, issuer, algorithm);
    return Buffer.from(nodeCrypto.sign(algorithm, key.handle, signedText)).toString('base64url');
  }

  /** The issuer's own key; a stranger's; or, for an algorithm that is not the issuer's, what a forger would take. */
  #signerFor(spec: TokenSpec, issuer: IssuerSpec, algorithm: Algorithm): SigningKey {
    const signer = spec.signedBy ?? issuer.name;
    const known = this.#test.issuers.get(signer);
    if (known === undefined) return this.#madeUp(`${signer} ${algorithm.name}`, algorithm);
    const key = this.#keyOf(known);
    if (key.alg.kty === algorithm.kty && key.alg.crv === algorithm.crv) return key;
    if (algorithm.kty !== 'oct') return this.#madeUp(`${signer} ${algorithm.name}`, algorithm);
    return importSigningSecret(Buffer.from(publicPemOf(key)), algorithm) as SigningKey;
  }

  #keyOf(issuer: IssuerSpec): SigningKey {
    return this.#madeUp(issuer.name, selectAlgorithm(issuer.alg) as Algorithm);
  }

  #madeUp(name: string, algorithm: Algorithm): SigningKey {
    const key = this.#keys.get(name) ?? generateSigningKey(algorithm);
    this.#keys.set(name, key);
    return key;
  }
}

const keyIdOf = ({ name }: IssuerSpec) => `${name}-key`;

/** Algorithm confusion: the public key as the secret of an HMAC. */
function publicPemOf({ handle }: SigningKey): string {
  const key = handle as KeyObject;
  return key.type === 'secret' ? '' : createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

function claimsOf(spec: TokenSpec, issuer: IssuerSpec, now: number): JsonObject {
  const { expires = DEFAULT_LIFETIME_SECONDS, notBefore, issued } = spec;
  const claims: JsonObject = {
    iss: issuer.url,
    iat: now + (issued ?? Math.min(0, expires === 'never' ? 0 : expires - 1)),
    ...(expires === 'never' ? {} : { exp: now + expires }),
    ...(notBefore === undefined ? {} : { nbf: now + notBefore }),
    ...spec.claims,
  };
  for (const name of spec.without) delete claims[name];
  return claims;
}

function tamperWith(token: string, { tampered }: TokenSpec, payload: JsonObject): string {
  if (tampered === undefined) return token;
  const [header, body, signature = ''] = token.split('.') as [string, string, string];
  if (tampered === 'payload') return `${header}.${encode({ ...payload, tampered: true })}.${signature}`;
  const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
  return `${header}.${body}.${flipped}`;
}

const encode = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url');
