import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';

/**
 * What `--random-value` says: the number that stands for chance where a route is chosen; null: each that makes a difference.
 * @throws UserError for what is no such number
 */
export function randomValueOf({ randomValue }: { randomValue?: string }): number | null {
  if (randomValue === undefined) return null;
  if (/^\d{1,15}$/.test(randomValue)) return Number(randomValue);
  throw new UserError('--random-value takes a whole number of at most 15 digits', EXIT.wrongUse);
}
