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
export { STATUS, type Status, statusText } from './status.ts';
export type { Claims, ParsedToken, SpellingFault, TokenHeader } from './token.ts';
