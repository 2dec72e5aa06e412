import { compileExpression, type Expression, type ExpressionContext } from './compile-expression.ts';
import type { ExpressionConfig } from './expression-config.ts';

/** A compiled CEL matcher. */
export interface CelMatcher {
  expression: Expression;
  /** It names the response, of which nothing is known yet: where it is not true now it may still come to be. */
  awaitsResponse: boolean;
}

/** Compiles the expression of a CEL matcher; null after an error (Envoy: cel_matcher/matcher.cc). */
export function compileCelMatcher(config: ExpressionConfig, context: ExpressionContext): CelMatcher | null {
  const expression = compileExpression(config, context);
  return expression && { expression, awaitsResponse: names(config, 'response') };
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
