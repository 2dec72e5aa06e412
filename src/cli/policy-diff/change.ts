import type { Branch, ConnectionInfo, RequestWords, Verdict } from '../../proxy/rehearsal/index.ts';
import { byAnswer, type Decision, sharedText } from '../play-branches.ts';
import type { RequestSpace } from './request-space.ts';

/** A class of requests whose verdict changes: any of these values of each dimension. */
export interface Change {
  before: string;
  after: string;
  /** How many of the tried requests are in it. */
  size: number;
  /** Labels per dimension; null: any value that was tried. */
  parts: Readonly<Record<keyof RequestSpace, readonly string[] | null>>;
  witness: Witness;
}

/** One request of a class, which both configurations were asked. */
export interface Witness {
  words: RequestWords;
  connection: ConnectionInfo;
  tokenLabel: string;
}

/** The same of all that chance can say of a request: `80 % 200 by a, 20 % 403`. */
export function outcomeOfAll(branches: readonly Branch<Decision>[]): string {
  const answers = byAnswer(branches, ({ verdict }) => outcomeOf(verdict));
  return sharedText(answers.toSorted((a, b) => b.share - a.share || (a.answer < b.answer ? -1 : 1)));
}

/** What a client can tell one verdict from another by, and where an admitted request goes. */
export function outcomeOf({ status, route }: Verdict): string {
  if (status === 0) return 'closed';
  if (status !== null) return String(status);
  return route?.action.kind === 'cluster' ? `200 by ${route.action.cluster}` : '200';
}
