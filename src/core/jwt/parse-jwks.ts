import type { CryptoPort } from './crypto-port.ts';
import { isJsonObject, type JsonObject, memberOf } from './json-value.ts';
import { createKeySet, type KeyFinding, type KeySet, type VerificationKey } from './key-set.ts';
import { judgeSecrets, type SecretPolicy } from './key-set-policy.ts';
import { parseCertificates } from './parse-certificates.ts';
import { decodeUtf8, parseJsonText } from './parse-json.ts';
import { parseJwk } from './parse-jwk.ts';
import { STATUS, type Status, statusText } from './status.ts';

/** Longest document, in UTF-16 units. A set of a thousand RSA keys with certificates takes about 2 MB. */
export const JWKS_LENGTH_MAX = 4 * 1024 * 1024;
/** Keys after this many are refused. */
export const JWKS_KEYS_MAX = 10_000;

/**
 * Parses a JWKS document: RFC 7517 §5, or Google's flat object of kid → PEM certificate (envoy.md §4.5; Envoy: jwks.cc).
 * Keys that do not parse are skipped, keys unfit for verification refused, both with a finding. Envoy's lenient JSON is taken, for
 * the document is the operator's or the issuer's, not the client's.
 * @param policy what becomes of secrets among public keys, and of two secrets of one kid.
 * @returns the document's status when it has no key left: that of its first key.
 */
export function parseJwks(text: string, crypto: CryptoPort, policy: SecretPolicy = 'doubt'): KeySet | Status {
  if (isTooLongJwks(text)) return STATUS.jwksBadJson;
  const parsed = parseJsonText(text);
  if (parsed === null) return STATUS.jwksBadJson;
  const document = parsed.value ?? {};
  if (!isJsonObject(document)) return STATUS.jwksBadJson;
  const keys = memberOf(document, 'keys');
  if (keys === undefined) return parseCertificates(document, crypto);
  if (!Array.isArray(keys)) return STATUS.jwksKeysNotArray;
  return parseKeys(keys.filter(isJsonObject), crypto, policy);
}

/** The same for bytes, which Envoy refuses where they are not UTF-8. */
export function parseJwksBytes(bytes: Buffer, crypto: CryptoPort): KeySet | Status {
  const text = decodeUtf8(bytes);
  return text === null ? STATUS.jwksBadJson : parseJwks(text, crypto);
}

function parseKeys(jwks: readonly JsonObject[], crypto: CryptoPort, policy: SecretPolicy): KeySet | Status {
  const keys: VerificationKey[] = [];
  const findings: KeyFinding[] = [];
  let firstError: Status = STATUS.jwksWithoutValidKey;
  for (const [index, jwk] of jwks.slice(0, JWKS_KEYS_MAX).entries()) {
    const parsed = parseJwk(jwk, index, crypto);
    findings.push(...parsed.findings);
    if (parsed.key !== null) keys.push(parsed.key);
    else if (firstError === STATUS.jwksWithoutValidKey) firstError = parsed.status;
  }
  if (keys.length === 0) return firstError;
  const judged = judgeSecrets(keys, policy);
  findings.push(...judged.findings);
  if (jwks.length > JWKS_KEYS_MAX) findings.push(tooManyKeys(jwks.length));
  return createKeySet(judged.keys, findings, crypto);
}

/** Envoy reads documents of any length. */
export const isTooLongJwks = (text: string): boolean => text.length > JWKS_LENGTH_MAX;

/** Why a document is no key set, for a person: Envoy's text for the status, but where it is too long for jotgate alone. */
export function jwksFaultText(text: string, status: Status): string {
  return isTooLongJwks(text)
    ? `the key set is longer than ${JWKS_LENGTH_MAX} characters, the most that jotgate reads`
    : statusText(status);
}

function tooManyKeys(count: number): KeyFinding {
  const reason = `the set has ${count} keys, those after the first ${JWKS_KEYS_MAX} are not used`;
  return { index: JWKS_KEYS_MAX, kid: '', kind: 'refused', status: STATUS.ok, reason };
}

/** One line for a log or a lint: which key, what became of it, why. */
export function findingText({ index, kid, kind, reason }: KeyFinding): string {
  const name = kid === '' ? `key ${index}` : `key ${index} (kid \`${kid}\`)`;
  return `${name} ${kind}: ${reason}`;
}
