import type { TokenPool } from './tokens.ts';

/** One kind of traffic that all gates are given. */
export interface Scenario {
  readonly id: 'a' | 'b' | 'c' | 'c2' | 'd';
  readonly title: string;
  /** Whether the configuration has the JWT filter. */
  readonly verifies: boolean;
  readonly wantStatus: 200 | 401;
  /** The token that every request carries; `each its own`: the pool's, in order; null: no `authorization`. */
  readonly token: (pool: TokenPool) => string | 'each its own' | null;
}

export const scenarios: readonly Scenario[] = [
  {
    id: 'a',
    title: 'one repeated token',
    verifies: true,
    wantStatus: 200,
    token: (pool) => pool.token,
  },
  {
    id: 'b',
    title: 'all tokens different, none sent twice',
    verifies: true,
    wantStatus: 200,
    token: () => 'each its own',
  },
  { id: 'c', title: 'refused: no token', verifies: true, wantStatus: 401, token: () => null },
  {
    id: 'c2',
    title: 'refused: one forged token',
    verifies: true,
    wantStatus: 401,
    token: (pool) => pool.forgedToken,
  },
  { id: 'd', title: 'no JWT filter', verifies: false, wantStatus: 200, token: (pool) => pool.token },
];
