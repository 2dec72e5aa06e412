import { inWordsOfRe2 } from '../match/index.ts';
import { compileBlock } from './compile-block.ts';
import { compilePlace, placeOf } from './compile-place.ts';
import type { ExpressionMemo, Operation, Step } from './evaluation.ts';
import type { ExpressionConfig } from './expression-config.ts';
import { type Context, refused } from './expression-context.ts';
import { operationOf } from './expression-functions.ts';
import { compileLogic } from './expression-logic.ts';
import { testMember } from './expression-members.ts';
import { isKnownToRe2, isNoPattern } from './expression-patterns.ts';
import { compileMatches } from './expression-regex.ts';
import { alwaysFault, compileAll, strictly } from './expression-steps.ts';
import {
  BLOCK,
  type Call,
  indexOf,
  isFolded,
  isPath,
  qualified,
  REGEX_NAMES,
  textOf,
} from './expression-syntax.ts';
import { FAULT } from './expression-value.ts';

/** A call of a function or an operator. */
export function compileCall(call: Call, about: ExpressionConfig, context: Context): Step | null {
  const { function: name, target } = qualified(call);
  if (name === BLOCK && target === undefined) return compileBlock(call.args, about, context);
  if (indexOf(call) !== null) return compilePlace(about, context);
  const operands = target === undefined ? call.args : [target, ...call.args];
  const [first, second] = operands;
  const pattern = textOf(second);
  if (name === 'matches' && operands.length === 2 && pattern !== null)
    return compileMatch(first, pattern, about, context);
  if (IN.has(name) && target === undefined && operands.length === 2) {
    const test = compileHas(textOf(first), second as ExpressionConfig, context);
    if (test !== null) return test;
  }
  const compiled = compileAll(operands, context);
  if (compiled === null) return null;
  const special = target === undefined ? compileLogic(name, compiled) : null;
  if (special !== null) return special;
  const operation = operationOf(name, target !== undefined, operands.length, context.options);
  if (operation === null) return refused(`\`${name}\``, about, context, 'refuses');
  if (operation === 'not done') return refused(`\`${name}\``, about, context);
  const isByPattern = REGEX_NAMES.has(name) && pattern !== null;
  return strictly(compiled, isByPattern ? byPattern(pattern, operation, context.memo) : operation);
}

/** A pattern that is written out is made before requests come; one that RE2 surely refuses is a fault, whatever the text. */
function byPattern(pattern: string, operation: Operation, { patterns }: ExpressionMemo): Operation {
  if (isNoPattern(pattern)) return () => FAULT;
  patterns.keep(pattern);
  return operation;
}

const IN = new Set(['@in', 'in', '_in_']);

/** `'x' in request.headers`, of a branch, whose names nobody lists; null of anything else. */
function compileHas(key: string | null, set: ExpressionConfig, context: Context): Step | null {
  if (key === null || !isPath(set)) return null;
  // What is wrong with it is told where it is compiled as a value.
  const place = placeOf(set, { ...context, refuse: () => {} });
  if (place === null || typeof place === 'function' || place.kind === 'value') return null;
  return place.isMessage ? alwaysFault : testMember(place, key);
}

/** A pattern that is written out is judged here and not at each request. */
function compileMatch(
  text: ExpressionConfig | undefined,
  pattern: string,
  about: ExpressionConfig,
  context: Context,
): Step | null {
  const step = context.compile(text, context);
  try {
    const folds = context.options === undefined && context.foldsNothing !== true;
    const matches = compileMatches(pattern, folds && isFolded(text));
    return step && ((evaluation) => matches(step(evaluation), evaluation));
  } catch (error) {
    if (isKnownToRe2(error)) return refused(`the pattern \`${pattern}\``, about, context);
    context.refuse(`bad regular expression \`${pattern}\`: ${inWordsOfRe2((error as Error).message)}`, about);
    return null;
  }
}
