import { RE2JS } from 're2js';
import { measureProgram } from '../match/index.ts';
import type { Evaluation, Operation } from './evaluation.ts';
import { PROGRAM_SIZE_MAX } from './expression-patterns.ts';
import { ExpressionMap, type ExpressionValue, FAULT, inDoubt } from './expression-value.ts';
import { joinTexts } from './join-texts.ts';

/**
 * `matches`: the pattern is found somewhere in the text. What is no text ends the evaluation (cel-cpp: regex_match_step.cc). Throws RE2's
 * complaint about the pattern.
 * @param isFolded the text is known before requests come: it ends nothing
 */
export function compileMatches(
  pattern: string,
  isFolded: boolean,
): (text: ExpressionValue, evaluation: Evaluation) => boolean | typeof FAULT {
  const program = RE2JS.compile(pattern);
  const { instructions, isExact } = measureProgram(pattern, program, 'text');
  if (isExact && instructions > PROGRAM_SIZE_MAX)
    throw new Error(`its program has ${instructions} instructions, and Envoy takes ${PROGRAM_SIZE_MAX}`);
  return (text, evaluation) => {
    if (typeof text === 'string') return text.isWellFormed() ? program.test(text) : inDoubt(evaluation);
    if (!isFolded) evaluation.isGivenUp = true;
    return FAULT;
  };
}

/** `matches` by a pattern that comes with the request. */
export function matchesPattern(
  text: ExpressionValue | undefined,
  source: ExpressionValue | undefined,
  evaluation: Evaluation,
): boolean | typeof FAULT {
  if (typeof text !== 'string' || typeof source !== 'string') return FAULT;
  const pattern = evaluation.memo.patterns.find(source);
  if (pattern === null || pattern.size === 'unsure' || !text.isWellFormed()) return inDoubt(evaluation);
  return pattern.size === 'small' ? pattern.program.test(text) : FAULT;
}

/** Of texts only, with the pattern second. A byte that is not UTF-8 is in doubt: the engine has no words for it, which RE2 passes over. */
function withPattern(
  operation: (pattern: RE2JS, text: string, rewrite: string, evaluation: Evaluation) => ExpressionValue,
): Operation {
  return ([text, source, rewrite = ''], evaluation) => {
    if (typeof text !== 'string' || typeof source !== 'string' || typeof rewrite !== 'string') return FAULT;
    const pattern = evaluation.memo.patterns.find(source);
    if (pattern === null || !text.isWellFormed()) return inDoubt(evaluation);
    return operation(pattern.program, text, rewrite, evaluation);
  };
}

/** CEL's extension of regular expressions, as Envoy registers it (cel-cpp: extensions/regex_functions.cc). */
export const REGEX_FUNCTIONS: Readonly<Record<string, Operation>> = {
  're.extract/3': withPattern(extract),
  're.capture/2': withPattern(capture),
  're.captureN/2': withPattern(captureAll),
};

/** The first match, rewritten: `\\1` is what the first group holds. */
function extract(pattern: RE2JS, text: string, rewrite: string, evaluation: Evaluation): ExpressionValue {
  if (!/^(?:[^\\]|\\[\d\\])*$/s.test(rewrite)) return FAULT;
  const pieces = rewrite
    .split(/\\([\d\\])/)
    .map((piece, index) => (index % 2 === 1 && piece !== '\\' ? Number(piece) : piece));
  const groups = pattern.groupCount();
  const matcher = pattern.matcher(text);
  if (pieces.some((piece) => typeof piece === 'number' && piece > groups) || !matcher.find()) return FAULT;
  const texts = pieces.map((piece) => (typeof piece === 'number' ? (matcher.group(piece) ?? '') : piece));
  return joinTexts(texts, '', evaluation);
}

/** What the first group holds where the whole text matches. */
function capture(pattern: RE2JS, text: string): ExpressionValue {
  const matcher = pattern.matcher(text);
  return pattern.groupCount() > 0 && matcher.matches() ? (matcher.group(1) ?? '') : FAULT;
}

/** What all groups hold, by their names, or their numbers as texts. */
function captureAll(pattern: RE2JS, text: string): ExpressionValue {
  const matcher = pattern.matcher(text);
  const count = pattern.groupCount();
  if (count === 0 || !matcher.matches()) return FAULT;
  const names = new Map(Object.entries(pattern.namedGroups()).map(([name, group]) => [group, name]));
  return ExpressionMap.of(
    Array.from({ length: count }, (_, index) => [
      names.get(index + 1) ?? String(index + 1),
      matcher.group(index + 1) ?? '',
    ]),
  );
}
