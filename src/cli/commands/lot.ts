import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';

/**
 * What `--lot` says: the number that stands for chance where a route is chosen; null: each that makes a difference.
 * @throws UserError for what is no such number
 */
export function lotOf({ lot }: { lot?: string }): number | null {
  if (lot === undefined) return null;
  if (/^\d{1,15}$/.test(lot)) return Number(lot);
  throw new UserError('--lot takes a whole number of at most 15 digits', EXIT.wrongUse);
}
