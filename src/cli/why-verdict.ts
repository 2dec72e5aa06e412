import type { Step, StepVerdict } from '../base/index.ts';
import {
  type Branch,
  type Drawn,
  isRefusal,
  type RequestWords,
  type Verdict,
} from '../proxy/rehearsal/index.ts';
import { byAnswer, type Decision, isWhole } from './play-branches.ts';
import type { Remedies } from './remedies/find-remedies.ts';

/**
 * What can be said of a request: it surely passes, it is refused, or it passes if what could not be checked holds. A reply of the
 * gate's own below 400 passes too.
 */
export type Outcome = 'passes' | 'refused' | 'conditional';

export interface Explanation {
  asked: RequestWords;
  verdict: Verdict;
  root: Step;
  outcome: Outcome;
  /** What would have let a refused request pass; null where that was not asked. */
  remedies: Remedies | null;
  /** What could not be checked. */
  unchecked: readonly Step[];
  /** null: chance has no say in it. */
  chance: ByChance | null;
}

/** A decision that hangs on chance: the answer that most requests get is explained, the others are told. */
export interface ByChance {
  /** Of such requests, for what is explained. */
  share: number;
  /** The request's own number in it, which `--random-value` takes; null: draws of filters decide too. */
  randomValue: number | null;
  others: readonly OtherAnswer[];
}

export interface OtherAnswer extends Omit<ByChance, 'others'> {
  verdict: Verdict;
  outcome: Outcome;
}

/** Nothing that rests on a step that could not be judged is called ok. */
export function judge(verdict: Verdict, root: Step): Pick<Explanation, 'outcome' | 'unchecked'> {
  const unchecked = unknownSteps(root);
  const outcome = isRefusal(verdict) ? 'refused' : unchecked.length > 0 ? 'conditional' : 'passes';
  return { outcome, unchecked };
}

/** All that chance can say of a request, with the likeliest answer in full. */
export function judgeBranches(
  branches: readonly Branch<Decision>[],
): Pick<Explanation, 'verdict' | 'root' | 'outcome' | 'unchecked' | 'chance'> & { drawn: Drawn } {
  const [first, ...others] = byAnswer(branches, ({ verdict, root }) =>
    JSON.stringify([answerOf(verdict), judge(verdict, root).outcome]),
  ).map(({ share, branch: { drawn, result } }) => ({
    ...result,
    ...judge(result.verdict, result.root),
    share,
    drawn,
    randomValue: drawn.draws.length > 0 ? null : drawn.randomValue,
  }));
  if (first === undefined) throw new TypeError('a request is played once at least');
  const { share, drawn, randomValue, ...shown } = first;
  if (isWhole(share)) return { ...shown, drawn, chance: null };
  const all = others.reduce((sum, other) => sum + other.share, share);
  const isSame = isWhole(all) && others.every(({ outcome }) => outcome === shown.outcome);
  const outcome = isSame ? shown.outcome : 'conditional';
  return { ...shown, outcome, drawn, chance: { share, randomValue, others } };
}

/** What a client can tell. */
function answerOf({ status, body, route }: Verdict): unknown[] {
  return [status, body, route?.action.kind === 'cluster' ? route.action.cluster : null];
}

/** What is shown of a step: one that is ok only if something unchecked holds is not called ok. */
export function shownVerdict(step: Step): StepVerdict {
  return step.verdict === 'ok' && unknownSteps(step).length > 0 ? 'unknown' : step.verdict;
}

/** What was not checked, in words. */
export const uncheckedText = ({ text, reason }: Step): string => `${text}: ${reason ?? 'not checked'}`;

function unknownSteps(step: Step): Step[] {
  const own = step.verdict === 'unknown' ? [step] : [];
  return [...own, ...step.steps.flatMap(unknownSteps)];
}
