export {
  type Algorithm,
  type AlgorithmName,
  algorithms,
  type KeyType,
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
export type { KeyFinding, KeySet, VerificationKey } from './key-set.ts';
export type { SecretPolicy } from './key-set-policy.ts';
export { findingText, parseJwks } from './parse-jwks.ts';
export { type ParsedJws, parseJws } from './parse-jws.ts';
export { parseToken } from './parse-token.ts';
export { type SigningKey, signToken } from './sign-token.ts';
export { STATUS, type Status, statusText } from './status.ts';
export type { Claims, ParsedToken, SpellingFault, TokenHeader } from './token.ts';
export {
  type SignedObject,
  type Verification,
  verifiesAtOnce,
  verifySignature,
  verifySignatureInTurns,
} from './verify-signature.ts';
