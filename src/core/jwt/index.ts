export {
  type Algorithm,
  type AlgorithmName,
  algorithms,
  selectAlgorithm,
} from './algorithms.ts';
export {
  checkAudience,
  checkIssuer,
  checkLifetime,
  checkSubject,
  checkTime,
  normalizeAudience,
} from './check-claims.ts';
export type { CryptoPort, KeyHandle, PublicKeyMaterial } from './crypto-port.ts';
export { isJsonObject, type JsonObject, type JsonValue, memberOf } from './json-value.ts';
export type { KeySet, VerificationKey } from './key-set.ts';
export type { SecretPolicy } from './key-set-policy.ts';
export { findingText, isTooLongJwks, jwksFaultText, parseJwks, parseJwksBytes } from './parse-jwks.ts';
export { parseJws } from './parse-jws.ts';
export { parseToken } from './parse-token.ts';
export { type SigningKey, signToken } from './sign-token.ts';
export { STATUS, type Status, statusText } from './status.ts';
export type { Claims, ParsedToken } from './token.ts';
export {
  type Verification,
  verifiesAtOnce,
  verifySignature,
  verifySignatureInTurns,
} from './verify-signature.ts';
