import { redactTokens } from '../../core/match/index.ts';
import type { Provenance } from '../../resources/index.ts';
import type { Decision } from '../play-branches.ts';
import { refusalPath, renderPlace } from '../refusal.ts';
import type { Witness } from './change.ts';
import { countKinds, inOrder } from './change-kind.ts';
import type { DiffResult, ListenerChange } from './diff-snapshots.ts';
import { DIMENSIONS } from './request-space.ts';

export interface DiffSides {
  before: { name: string; provenance: Provenance };
  after: { name: string; provenance: Provenance };
}

/** Most values of a part that are listed. */
const LISTED_MAX = 5;

/** Each class of requests that changes, those first that are let in now, with one request of it and who decided on each side. */
export function renderDiff(result: DiffResult, sides: DiffSides): string {
  const { changes, onlyBefore, onlyAfter } = result;
  const lines = inOrder(changes).flatMap((change) => renderChange(change, sides));
  for (const name of onlyBefore) lines.push(`listener ${name} is gone`);
  for (const name of onlyAfter) lines.push(`listener ${name} is new`);
  lines.push(countLine(result));
  return `${[...lines, ...diffNotes(result, lines)].join('\n')}\n`;
}

/** How many classes change, and how. */
export function countLine({ changes, tried }: Pick<DiffResult, 'changes' | 'tried'>): string {
  if (changes.length === 0) return `no verdict changes (${tried} classes of requests asked of both)`;
  const subject =
    changes.length === 1 ? '1 class of requests changes' : `${changes.length} classes of requests change`;
  return `${subject}: ${countKinds(changes)} (${tried} asked of both)`;
}

/** What has to be known to read the lines. */
export function diffNotes(
  { thinned, unreadKeys }: Pick<DiffResult, 'thinned' | 'unreadKeys'>,
  lines: readonly string[],
): string[] {
  const notes: string[] = [];
  if (lines.some((line) => line.includes('~'))) notes.push('`~` stands for any other text');
  if (thinned.length > 0) {
    notes.push(
      `there are so many combinations of ${thinned.join(' and ')} that they were varied one at a time`,
    );
  }
  if (unreadKeys.length > 0) {
    notes.push(
      `keys of ${unreadKeys.join(', ')} are in files of another machine and were not read: they are taken for the same on both sides`,
    );
  }
  return notes;
}

function renderChange(change: ListenerChange, { before, after }: DiffSides): string[] {
  const { decisions, witness } = change;
  const parts = DIMENSIONS.toReversed().flatMap((name) => {
    const labels = change.parts[name];
    return labels === null ? [] : [`    ${name}: ${listed(labels)}`];
  });
  return [
    `${change.before} -> ${change.after}   listener ${change.listener}`,
    ...(parts.length === 0 ? ['    every request'] : parts),
    `    as in: ${requestText(witness)}`,
    `      ${before.name}: ${decisionText(decisions.before, before.provenance)}`,
    `      ${after.name}: ${decisionText(decisions.after, after.provenance)}`,
    '',
  ];
}

function listed(labels: readonly string[]): string {
  const shown = labels.slice(0, LISTED_MAX).join(' | ');
  return labels.length > LISTED_MAX ? `${shown} | ${labels.length - LISTED_MAX} more` : shown;
}

/** Without the token itself. */
export function requestText({ words, tokenLabel }: Witness): string {
  const { method, scheme, authority, path } = words;
  return `${method} ${scheme}://${authority}${redactTokens(path)}, ${tokenLabel}`;
}

/** What was replied or where it goes, and the step that decided. */
export function decisionText({ verdict, root }: Decision, provenance: Provenance): string {
  const { status, body, route } = verdict;
  const place = route === null ? '' : renderPlace(provenance.find(route.origin));
  if (status === null) {
    return `goes on to ${route?.action.kind === 'cluster' ? route.action.cluster : 'its origin'}   ${place}`.trimEnd();
  }
  const reply = `${status === 0 ? 'closed' : status} ${body.split('\n', 1)[0]}`.trimEnd();
  const steps = refusalPath(root, provenance);
  const asking =
    steps.find(({ kind, text }) => kind === 'rule' || text.endsWith('matches, DENY')) ??
    steps.find(({ kind }) => kind === 'filter');
  if (asking === undefined) return `${reply}   ${place}`.trimEnd();
  return `${reply}, by ${asking.text.split(/: (?:\d|matches)|; /, 1)[0]}   ${renderPlace(asking.at)}`.trimEnd();
}
