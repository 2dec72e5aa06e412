import { compileCall } from './compile-call.ts';
import { compilePlace } from './compile-place.ts';
import { compileList, compileMap, compileMessage } from './compile-structure.ts';
import type { ExpressionMemo, Step } from './evaluation.ts';
import type { ConstantKind, ExpressionConfig } from './expression-config.ts';
import { constantOf } from './expression-constant.ts';
import { type Context, type ExpressionContext, refused } from './expression-context.ts';
import { Patterns } from './expression-patterns.ts';
import { TimeZones } from './time-zone.ts';

/** A compiled CEL expression. A condition holds only where it comes to true; a fault is not true. */
export interface Expression {
  readonly root: Step;
  readonly memo: ExpressionMemo;
}

/**
 * Compiles a CEL expression from its syntax tree, as Envoy's builder takes it: no comprehensions, strings and lists are not joined. What
 * Envoy does and this does not is refused by name (docs/envoy-support.md).
 */
export function compileExpression(
  config: ExpressionConfig | undefined,
  context: ExpressionContext,
): Expression | null {
  const memo = { patterns: new Patterns(), zones: new TimeZones() };
  const root = compile(config, { ...context, memo, compile, block: { isUsed: false, parts: null } });
  return root && { root, memo };
}

function compile(config: ExpressionConfig | undefined, context: Context): Step | null {
  const kind = config?.exprKind;
  switch (kind?.case) {
    case 'constExpr':
      return compileConstant(kind.value.constantKind, config as object, context);
    case 'listExpr':
      return compileList(kind.value, context);
    case 'structExpr':
      return kind.value.messageName === ''
        ? compileMap(kind.value, config as object, context)
        : compileMessage(kind.value, config as object, context);
    case 'callExpr':
      return compileCall(kind.value, config as ExpressionConfig, context);
    case 'identExpr':
    case 'selectExpr':
      return compilePlace(config as ExpressionConfig, context);
    case 'comprehensionExpr':
      return refused('a macro over a list', config as object, context, 'refuses');
    case undefined:
      return refused('an empty expression', config ?? {}, context, 'refuses');
  }
}

function compileConstant(constant: ConstantKind, about: object, context: Context): Step | null {
  const value = constantOf(constant);
  return value === undefined ? refused('a constant without a value', about, context, 'refuses') : () => value;
}
