import type { Refuse } from '../match/index.ts';
import { compileExpression, type Expression } from './compile-expression.ts';
import type { ExpressionConfig } from './expression-config.ts';

/**
 * Compiles the expression of a CEL matcher; null after an error. One that names the response cannot be judged while the request is
 * (Envoy: cel_matcher/matcher.cc).
 */
export function compileCelMatcher(
  config: ExpressionConfig,
  refuse: Refuse,
): Expression | 'needs a response' | null {
  const compiled = compileExpression(config, refuse);
  return compiled !== null && names(config, 'response') ? 'needs a response' : compiled;
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
    default:
      return false;
  }
}
