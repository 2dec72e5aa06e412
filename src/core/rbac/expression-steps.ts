import type { Operation, Step } from './evaluation.ts';
import type { ExpressionConfig } from './expression-config.ts';
import type { Context } from './expression-context.ts';
import { FAULT } from './expression-value.ts';

/** A fault, whatever comes. */
export const alwaysFault: Step = () => FAULT;

/** All of them; null after a refusal. */
export function compileAll(configs: readonly ExpressionConfig[], context: Context): Step[] | null {
  const compiled = configs.map((one) => context.compile(one, context));
  return compiled.includes(null) ? null : (compiled as Step[]);
}

/** The operation on what the operands come to; a fault where one of them is. */
export function strictly(operands: readonly Step[], operation: Operation): Step {
  return (evaluation) => {
    const values = operands.map((one) => one(evaluation));
    return values.includes(FAULT) ? FAULT : operation(values, evaluation);
  };
}

/** No expression that Envoy takes comes to an optional value: what has to be one is a fault. */
export const faultAfter =
  (step: Step): Step =>
  (evaluation) => {
    step(evaluation);
    return FAULT;
  };
