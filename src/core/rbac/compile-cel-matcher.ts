import { compileExpression } from './compile-expression.ts';
import type { RbacSubject } from './condition.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import type { ExpressionConfig } from './expression-config.ts';
import type { ExpressionContext } from './expression-context.ts';

/** A compiled CEL matcher. */
export interface CelMatcher {
  /** null: cannot be known. */
  holds(subject: RbacSubject): boolean | null;
}

/** Compiles the expression of a CEL matcher; null after an error (Envoy: cel_matcher/matcher.cc). */
export function compileCelMatcher(config: ExpressionConfig, context: ExpressionContext): CelMatcher | null {
  const expression = compileExpression(config, { ...context, foldsNothing: true });
  if (expression === null) return null;
  // Of the response nothing is known yet: where it is not true now it may still come to be.
  const otherwise = names(config, 'response') ? null : false;
  return {
    holds(subject) {
      const outcome = evaluateExpression(expression, subject);
      if (outcome === 'true') return true;
      return outcome === 'doubt' ? null : otherwise;
    },
  };
}

function names(config: ExpressionConfig | undefined, root: string): boolean {
  const kind = config?.exprKind;
  switch (kind?.case) {
    case 'identExpr':
      return kind.value.name === root;
    case 'selectExpr':
      return names(kind.value.operand, root);
    case 'callExpr':
      return names(kind.value.target, root) || kind.value.args.some((one) => names(one, root));
    case 'listExpr':
      return kind.value.elements.some((one) => names(one, root));
    case 'structExpr':
      return kind.value.entries.some(
        ({ keyKind, value }) =>
          names(value, root) || (keyKind.case === 'mapKey' && names(keyKind.value, root)),
      );
    default:
      return false;
  }
}
