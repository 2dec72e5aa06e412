import type { Expression } from './compile-expression.ts';
import type { RbacSubject } from './condition.ts';
import { forgetDoubts, hasDoubts, hasGivenUp } from './expression-doubt.ts';
import { FAULT } from './expression-value.ts';

/** `doubt` is a fault that may be none in Envoy. */
export type Outcome = 'true' | 'not true' | 'fault' | 'doubt';

/** What a whole expression comes to. */
export function evaluateExpression(expression: Expression, subject: RbacSubject): Outcome {
  forgetDoubts();
  const value = expression(subject);
  if (value === FAULT || hasGivenUp()) return hasDoubts() ? 'doubt' : 'fault';
  return value === true ? 'true' : 'not true';
}
