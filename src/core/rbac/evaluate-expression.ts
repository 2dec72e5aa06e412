import type { Expression } from './compile-expression.ts';
import type { RbacSubject } from './condition.ts';
import { beginEvaluation } from './evaluation.ts';
import { FAULT } from './expression-value.ts';

/** `doubt` is a fault that may be none in Envoy. */
export type Outcome = 'true' | 'not true' | 'fault' | 'doubt';

/** What a whole expression comes to. */
export function evaluateExpression({ root, memo }: Expression, subject: RbacSubject): Outcome {
  const evaluation = beginEvaluation(subject, memo);
  const value = root(evaluation);
  if (value === FAULT || evaluation.isGivenUp) return evaluation.hasDoubt ? 'doubt' : 'fault';
  return value === true ? 'true' : 'not true';
}
