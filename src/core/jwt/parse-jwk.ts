import type { KeyType } from './algorithms.ts';
import { createVerificationKey } from './create-verification-key.ts';
import type { CryptoPort } from './crypto-port.ts';
import { decodeKeyMaterial } from './decode-key-material.ts';
import { type JsonObject, memberOf } from './json-value.ts';
import { refuseKey } from './key-policy.ts';
import type { KeyFinding, VerificationKey } from './key-set.ts';
import { STATUS, type Status, statusText } from './status.ts';

/** What became of one member of `keys`. */
export interface ParsedJwk {
  /** null: skipped, for the reason in `status`. */
  readonly key: VerificationKey | null;
  readonly status: Status;
  readonly findings: readonly KeyFinding[];
}

/** Parses one JWK (RFC 7517 §4) by Envoy's rules, then judges by stricter ones whether it may be used. */
export function parseJwk(jwk: JsonObject, index: number, crypto: CryptoPort): ParsedJwk {
  const kid = stringMember(jwk, 'kid');
  const alg = stringMember(jwk, 'alg');
  const material = decodeKeyMaterial(jwk, alg);
  if (typeof material === 'number') return skipped(index, kid, material);
  const refusal = refuseKey(jwk, alg, material);
  const key = createVerificationKey({ index, kid, alg, material, refusal }, crypto);
  if (typeof key === 'number') return skipped(index, kid, key);
  return { key, status: STATUS.ok, findings: findingsOf(jwk, key) };
}

/** Of another JSON type counts as absent, as in Envoy. */
function stringMember(jwk: JsonObject, name: string): string {
  const value = memberOf(jwk, name);
  return typeof value === 'string' ? value : '';
}

const PRIVATE_MEMBERS: Readonly<Record<KeyType, readonly string[]>> = {
  RSA: ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'],
  EC: ['d'],
  OKP: ['d'],
  oct: [],
};

function findingsOf(jwk: JsonObject, key: VerificationKey): KeyFinding[] {
  const { index, kid } = key;
  const findings: KeyFinding[] = [];
  if (key.refusal !== null) {
    findings.push({ index, kid, kind: 'refused', status: STATUS.ok, reason: key.refusal });
  }
  const members = PRIVATE_MEMBERS[key.kty].filter((name) => Object.hasOwn(jwk, name));
  if (members.length > 0) {
    const reason = `its private half (${members.join(', ')}) is in the set, so whoever reads the set can sign with it`;
    findings.push({ index, kid, kind: 'dropped', status: STATUS.ok, reason });
  }
  return findings;
}

function skipped(index: number, kid: string, status: Status): ParsedJwk {
  const finding: KeyFinding = { index, kid, kind: 'skipped', status, reason: statusText(status) };
  return { key: null, status, findings: [finding] };
}
