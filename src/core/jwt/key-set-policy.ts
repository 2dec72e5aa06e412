import type { KeyFinding, VerificationKey } from './key-set.ts';
import { STATUS } from './status.ts';

const AMONG_PUBLIC_KEYS = 'a secret in a set of public keys is no secret';
const KID_TAKEN = 'another secret in the set has the same `kid`, so which of them counts cannot be known';

/** What becomes of a secret that is fit by itself and doubtful in its company: used as Envoy does and told, or refused. */
export type SecretPolicy = 'doubt' | 'refuse';

/** Finds the secrets of a set that stand among public keys or share a `kid`. */
export function judgeSecrets(
  keys: readonly VerificationKey[],
  policy: SecretPolicy,
): { keys: VerificationKey[]; findings: KeyFinding[] } {
  const secrets = keys.filter((key) => key.kty === 'oct');
  const doubtOf = secrets.length < keys.length ? () => AMONG_PUBLIC_KEYS : doubtByKid(secrets);
  const kind = policy === 'refuse' ? 'refused' : 'doubted';
  const findings: KeyFinding[] = [];
  const judged = keys.map((key) => {
    const reason = key.kty === 'oct' && key.refusal === null ? doubtOf(key) : null;
    if (reason === null) return key;
    findings.push({ index: key.index, kid: key.kid, kind, status: STATUS.ok, reason });
    return policy === 'refuse' ? { ...key, refusal: reason, accepts: new Set<never>(), handle: null } : key;
  });
  return { keys: judged, findings };
}

function doubtByKid(secrets: readonly VerificationKey[]): (secret: VerificationKey) => string | null {
  const thumbprints = new Map<string, Set<string>>();
  for (const { kid, thumbprint } of secrets) {
    thumbprints.set(kid, (thumbprints.get(kid) ?? new Set()).add(thumbprint));
  }
  return ({ kid }) => (kid !== '' && (thumbprints.get(kid)?.size ?? 0) > 1 ? KID_TAKEN : null);
}
