import type { Algorithm } from './algorithms.ts';

/** A key as the platform holds it. Core only hands it back. */
export interface KeyHandle {
  readonly type: string;
}

/** The public half of a key, each member canonical base64url of the shortest form (RSA) or of the field's length (EC). */
export type PublicKeyMaterial =
  | { kty: 'RSA'; n: string; e: string }
  | { kty: 'EC'; crv: 'P-256' | 'P-384' | 'P-521'; x: string; y: string }
  | { kty: 'OKP'; crv: 'Ed25519'; x: string };

/** What core asks of the platform's cryptography; `platform` answers with node:crypto. All of it is synchronous but the pool. */
export interface CryptoPort {
  /** null when the platform refuses the numbers, such as a point that is not on the curve. */
  importPublicKey(material: PublicKeyMaterial): KeyHandle | null;
  importSecret(bytes: Uint8Array): KeyHandle;
  /** The public key in a PEM certificate: null when it does not parse, `notRsa` when the key is of another kind. */
  readCertificate(pem: string): { n: string; e: string } | 'notRsa' | null;
  /**
   * Is `signature` the key's signature of `signedText` (Latin-1)? Never throws. ECDSA signatures are r‖s.
   */
  verify(algorithm: Algorithm, key: KeyHandle, signedText: string, signature: Uint8Array): boolean;
  /** The same on another thread, for keys whose verification would hold up the loop. Resolves false when too many wait. */
  verifyInPool(
    algorithm: Algorithm,
    key: KeyHandle,
    signedText: string,
    signature: Uint8Array,
  ): Promise<boolean>;
  sign(algorithm: Algorithm, key: KeyHandle, signedText: string): Uint8Array;
  sha256(text: string): Uint8Array;
}
