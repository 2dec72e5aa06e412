import type { Change } from './change.ts';

/** What a change means for those who send such requests; in the order in which a reviewer wants to see them. */
const KINDS = ['let in', 'kept out', 'answered otherwise'] as const;

export type ChangeKind = (typeof KINDS)[number];

export function kindOf({ before, after }: Pick<Change, 'before' | 'after'>): ChangeKind {
  const more = admitted(after) - admitted(before);
  if (Math.abs(more) < 1e-6) return 'answered otherwise';
  return more > 0 ? 'let in' : 'kept out';
}

/** What share of such requests gets in: an outcome is one answer, or several with their shares. */
function admitted(outcome: string): number {
  const answers = outcome.split(', ').map((part) => /^(?:([\d.e-]+) % )?200(?: by .*)?$/.exec(part));
  return answers.reduce((sum, found) => sum + (found === null ? 0 : Number(found[1] ?? 100)), 0);
}

/** Those first that are let in now. */
export function inOrder<One extends Pick<Change, 'before' | 'after'>>(changes: readonly One[]): One[] {
  return KINDS.flatMap((kind) => changes.filter((change) => kindOf(change) === kind));
}

/** `1 let in, 2 answered otherwise`; none of a kind is not mentioned. */
export function countKinds(changes: readonly Pick<Change, 'before' | 'after'>[]): string {
  const count = (kind: ChangeKind) => changes.filter((change) => kindOf(change) === kind).length;
  return KINDS.flatMap((kind) => (count(kind) === 0 ? [] : [`${count(kind)} ${kind}`])).join(', ');
}
