import type { Step, StepVerdict } from '../base/index.ts';
import { isRefusal, type RequestWords, type Verdict } from '../proxy/rehearsal/index.ts';
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
}

/** Nothing that rests on a step that could not be judged is called ok. */
export function judge(verdict: Verdict, root: Step): Pick<Explanation, 'outcome' | 'unchecked'> {
  const unchecked = unknownSteps(root);
  const outcome = isRefusal(verdict) ? 'refused' : unchecked.length > 0 ? 'conditional' : 'passes';
  return { outcome, unchecked };
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
