/**
 * Where one chain of rotating refresh tokens stands. Tokens are told apart by `jti`, never by age in seconds, so that a token
 * of an older generation is stale from the moment its successor was used.
 */
export interface RefreshFamily {
  /** The token that was used last; null before the first use. */
  readonly used: string | null;
  /** How often it was used. */
  readonly uses: number;
  /** Tokens issued and not used yet: successors of `used`. */
  readonly outstanding: readonly string[];
}

export type RotationVerdict =
  | { readonly verdict: 'accepted'; readonly family: RefreshFamily }
  | { readonly verdict: 'stale' }
  | { readonly verdict: 'reused' };

export const startFamily = (jti: string): RefreshFamily => ({ used: null, uses: 0, outstanding: [jti] });

/**
 * Judges the use of a token and, where it is accepted, puts its successor in place.
 * @param family undefined: the token was issued before the realm rotated, and now starts a chain.
 * @param reuseMax how often a token may be used again (`refreshTokenMaxReuse`).
 */
export function useRefreshToken(
  family: RefreshFamily | undefined,
  jti: string,
  successor: string,
  reuseMax: number,
): RotationVerdict {
  if (family === undefined || family.outstanding.includes(jti)) {
    return { verdict: 'accepted', family: { used: jti, uses: 1, outstanding: [successor] } };
  }
  if (family.used !== jti) return { verdict: 'stale' };
  if (family.uses > reuseMax) return { verdict: 'reused' };
  return {
    verdict: 'accepted',
    family: { used: jti, uses: family.uses + 1, outstanding: [...family.outstanding, successor] },
  };
}
