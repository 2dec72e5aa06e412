import type { KeyFinding, VerificationKey } from './key-set.ts';
import { STATUS } from './status.ts';

const AMONG_PUBLIC_KEYS = 'a secret in a set of public keys is no secret';
const KID_TAKEN = 'another secret in the set has the same `kid`, so which of them counts cannot be known';

/** Refuses the secrets that are fit by themselves and not in this company. Rows of docs/divergences.md. */
export function refuseSecretsBySet(keys: readonly VerificationKey[]): {
  keys: VerificationKey[];
  findings: KeyFinding[];
} {
  const secrets = keys.filter((key) => key.kty === 'oct');
  const refusalOf = secrets.length < keys.length ? () => AMONG_PUBLIC_KEYS : refusalByKid(secrets);
  const findings: KeyFinding[] = [];
  const judged = keys.map((key) => {
    const reason = key.kty === 'oct' && key.refusal === null ? refusalOf(key) : null;
    if (reason === null) return key;
    findings.push({ index: key.index, kid: key.kid, kind: 'refused', status: STATUS.ok, reason });
    return { ...key, refusal: reason, accepts: new Set<never>(), handle: null };
  });
  return { keys: judged, findings };
}

function refusalByKid(secrets: readonly VerificationKey[]): (secret: VerificationKey) => string | null {
  const thumbprints = new Map<string, Set<string>>();
  for (const { kid, thumbprint } of secrets) {
    thumbprints.set(kid, (thumbprints.get(kid) ?? new Set()).add(thumbprint));
  }
  return ({ kid }) => (kid !== '' && (thumbprints.get(kid)?.size ?? 0) > 1 ? KID_TAKEN : null);
}
