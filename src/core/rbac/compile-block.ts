import { type Step, valueOfPart } from './evaluation.ts';
import type { ExpressionConfig } from './expression-config.ts';
import { type Context, refused } from './expression-context.ts';
import { BLOCK } from './expression-syntax.ts';

/** What an optimizer of CEL makes of parts that come up several times: a list of them, each evaluated once and only where it is asked for. */
export function compileBlock(
  [first, body, ...more]: readonly ExpressionConfig[],
  about: ExpressionConfig,
  context: Context,
): Step | null {
  const { block } = context;
  const list = first?.exprKind.case === 'listExpr' ? first.exprKind.value : null;
  const isSound = list !== null && !list.optionalIndices?.length && body !== undefined && more.length === 0;
  if (!isSound || block.isUsed) return refused(`such a \`${BLOCK}\``, about, context, 'refuses');
  block.isUsed = true;
  const parts: Step[] = [];
  block.parts = parts;
  for (const part of list.elements) {
    const step = context.compile(part, context);
    if (step === null) return null;
    parts.push(step);
  }
  const compiled = context.compile(body, context);
  block.parts = null;
  return compiled;
}

/** What a part comes to; it sees those before it. */
export function partOf(
  name: string,
  parts: readonly Step[],
  about: ExpressionConfig,
  context: Context,
): Step | null {
  const [, digits] = /^@index(\d+)$/.exec(name) ?? [];
  const index = Number(digits);
  const part = parts[index];
  if (part === undefined) return refused(`\`${name}\``, about, context, 'refuses');
  return (evaluation) => valueOfPart(index, part, evaluation);
}
