import type { Change } from './change.ts';

/** What a change means for those who send such requests; in the order in which a reviewer wants to see them. */
const KINDS = ['let in', 'kept out', 'answered otherwise'] as const;

export type ChangeKind = (typeof KINDS)[number];

export function kindOf({ before, after }: Pick<Change, 'before' | 'after'>): ChangeKind {
  if (isAdmitted(before) === isAdmitted(after)) return 'answered otherwise';
  return isAdmitted(after) ? 'let in' : 'kept out';
}

const isAdmitted = (outcome: string): boolean => outcome === '200' || outcome.startsWith('200 by ');

/** Those first that are let in now. */
export function inOrder<One extends Pick<Change, 'before' | 'after'>>(changes: readonly One[]): One[] {
  return KINDS.flatMap((kind) => changes.filter((change) => kindOf(change) === kind));
}

/** `1 let in, 2 answered otherwise`; none of a kind is not mentioned. */
export function countKinds(changes: readonly Pick<Change, 'before' | 'after'>[]): string {
  const count = (kind: ChangeKind) => changes.filter((change) => kindOf(change) === kind).length;
  return KINDS.flatMap((kind) => (count(kind) === 0 ? [] : [`${count(kind)} ${kind}`])).join(', ');
}
