import type { Evaluation, Step } from './evaluation.ts';
import { type ExpressionValue, FAULT } from './expression-value.ts';

/** An operator that does not need all of its operands; null for any other function, or with operands that it does not take. */
export function compileLogic(name: string, operands: readonly Step[]): Step | null {
  const [first, second, third] = operands as [Step, Step, Step];
  switch (name) {
    case '_&&_':
    case '_||_':
      return operands.length < 2 ? null : (evaluation) => decide(operands, name === '_||_', evaluation);
    case '@not_strictly_false':
    case '__not_strictly_false__':
      return operands.length === 1 ? (evaluation) => notStrictlyFalse(first(evaluation), evaluation) : null;
    case '_?_:_':
      if (operands.length !== 3) return null;
      return (evaluation) => {
        const condition = first(evaluation);
        return condition === true ? second(evaluation) : condition === false ? third(evaluation) : FAULT;
      };
    default:
      return null;
  }
}

/** What is in doubt may be false to Envoy. */
function notStrictlyFalse(value: ExpressionValue, { hasDoubt }: Evaluation): ExpressionValue {
  if (value === FAULT) return hasDoubt ? FAULT : true;
  return typeof value === 'boolean' ? value : FAULT;
}

/** Any of them may settle it, whatever the others come to, a fault too. */
function decide(operands: readonly Step[], settles: boolean, evaluation: Evaluation): ExpressionValue {
  let isSound = true;
  for (const operand of operands) {
    const value = operand(evaluation);
    if (value === settles) return settles;
    isSound &&= value === !settles;
  }
  return isSound ? !settles : FAULT;
}
