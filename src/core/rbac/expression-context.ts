import type { Refuse } from '../match/index.ts';
import type { ExpressionMemo, Step } from './evaluation.ts';
import type { AttributeContext } from './expression-attributes.ts';
import type { ExpressionConfig } from './expression-config.ts';
import type { ExpressionOptions } from './expression-functions.ts';

/** What compiling an expression asks of its surroundings. */
export interface ExpressionContext extends AttributeContext {
  refuse: Refuse;
  options?: ExpressionOptions | undefined;
  /** Nothing is evaluated before requests come, as of a CEL matcher. */
  foldsNothing?: boolean;
}

/** The same while one expression is compiled. */
export interface Context extends ExpressionContext {
  /** Compiles a part of the expression; null after a refusal. */
  compile(config: ExpressionConfig | undefined, context: Context): Step | null;
  memo: ExpressionMemo;
  block: Block;
}

/** Of `cel.@block`, which there is once in an expression. */
interface Block {
  isUsed: boolean;
  /** What `@index0` and so on stand for; null: outside of it. */
  parts: readonly Step[] | null;
}

/** Refuses a part of an expression. @param envoy what Envoy does with it */
export function refused(
  what: string,
  about: object,
  { refuse }: Context,
  envoy: 'accepts' | 'refuses' = 'accepts',
): null {
  refuse(`${what} in a CEL condition is not supported`, about, undefined, envoy);
  return null;
}
