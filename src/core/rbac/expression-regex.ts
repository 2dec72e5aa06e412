import { RE2JS, RE2JSSyntaxException } from 're2js';
import { measureProgram } from '../match/index.ts';
import { giveUp, noteDoubt } from './expression-doubt.ts';
import { ExpressionMap, type ExpressionValue, FAULT } from './expression-value.ts';

type Operation = (values: readonly ExpressionValue[]) => ExpressionValue;

const compiled = new Map<string, RE2JS | null>();
const COMPILED_MAX = 128;
/** Those that conditions spell out. */
const written = new Map<string, RE2JS | null>();

/** Makes a pattern of the configuration, however large, before requests come. */
export function keepPattern(source: string): void {
  written.set(source, compileOrNull(source));
}

/** What RE2 complains of too, whatever else it may know that the engine here does not. */
const SURE_ERRORS: ReadonlySet<string> = new Set([
  'missing closing )',
  'missing closing ]',
  'unexpected )',
  'trailing backslash at end of expression',
]);

/** Whether RE2 surely refuses the pattern: a function of it faults in Envoy, whatever the text. */
export function isNoPattern(source: string): boolean {
  try {
    RE2JS.compile(source);
    return false;
  } catch (error) {
    return error instanceof RE2JSSyntaxException && SURE_ERRORS.has(error.error);
  }
}

/** The pattern, compiled, and at hand for the next time; null: it is none. */
function patternOf(source: string): RE2JS | null {
  let pattern = written.get(source) ?? compiled.get(source);
  if (pattern === undefined) {
    pattern = costOf(source) > COST_MAX || !source.isWellFormed() ? null : compileOrNull(source);
    if (compiled.size >= COMPILED_MAX) compiled.clear();
    compiled.set(source, pattern);
  }
  return pattern;
}

function compileOrNull(source: string): RE2JS | null {
  try {
    return RE2JS.compile(source);
  } catch {
    return null;
  }
}

/** A client may choose the pattern: a few of its characters can stand for a program that takes seconds to make. */
const COST_MAX = 2000;

/** About the most instructions that a pattern can come to, whatever it says: repetitions of groups may be within each other. */
function costOf(source: string): number {
  const counts = Array.from(source.matchAll(/\{(\d+)(?:,(\d*))?\}/g), ([, least, most]) =>
    Number(most || least),
  );
  if (!source.includes('){')) return counts.reduce((sum, count) => sum + count, source.length);
  return counts.reduce((product, count) => product * Math.max(1, count), source.length);
}

/** Envoy's `regex_max_program_size` of expressions, which no runtime changes. */
const SIZE_MAX = 100;

/**
 * `matches`: the pattern is found somewhere in the text. What is no text ends the evaluation (cel-cpp: regex_match_step.cc). Throws RE2's
 * complaint about the pattern.
 * @param isFolded the text is known before requests come: it ends nothing
 */
export function compileMatches(pattern: string, isFolded: boolean): Operation {
  const program = RE2JS.compile(pattern);
  const { instructions, isExact } = measureProgram(pattern, program, 'text');
  if (isExact && instructions > SIZE_MAX)
    throw new Error(`its program has ${instructions} instructions, and Envoy takes ${SIZE_MAX}`);
  return ([text]) => {
    if (typeof text !== 'string') {
      if (!isFolded) giveUp();
      return FAULT;
    }
    return text.isWellFormed() ? program.test(text) : inDoubt();
  };
}

/** `matches` by a pattern that comes with the request. */
export function matchesPattern(
  text: ExpressionValue | undefined,
  source: ExpressionValue | undefined,
): boolean | typeof FAULT {
  if (typeof text !== 'string' || typeof source !== 'string') return FAULT;
  const pattern = patternOf(source);
  const size = pattern === null ? 'unsure' : sizeOf(source, pattern);
  if (size === 'unsure' || !text.isWellFormed()) return inDoubt();
  return pattern !== null && size === 'small' ? pattern.test(text) : FAULT;
}

/** Also of a text that holds a byte that is not UTF-8: the engine has no words for it, which RE2 passes over. */
function inDoubt(): typeof FAULT {
  noteDoubt();
  return FAULT;
}

type Size = 'small' | 'large' | 'unsure';
const sizes = new WeakMap<RE2JS, Size>();

/** Where its size is not sure a pattern has to keep away from the limit: Envoy faults at a large one. */
function sizeOf(source: string, pattern: RE2JS): Size {
  let known = sizes.get(pattern);
  if (known === undefined) {
    const { instructions, isExact } = measureProgram(source, pattern, 'text');
    if (instructions <= (isExact ? SIZE_MAX : SIZE_MAX * 0.9)) known = 'small';
    else known = isExact ? 'large' : 'unsure';
    sizes.set(pattern, known);
  }
  return known;
}

/** Of texts only, with the pattern second. */
function withPattern(
  operation: (pattern: RE2JS, text: string, rewrite: string) => ExpressionValue,
): Operation {
  return ([text, source, rewrite = '']) => {
    if (typeof text !== 'string' || typeof source !== 'string' || typeof rewrite !== 'string') return FAULT;
    const pattern = patternOf(source);
    return pattern !== null && text.isWellFormed() ? operation(pattern, text, rewrite) : inDoubt();
  };
}

/** CEL's extension of regular expressions, as Envoy registers it (cel-cpp: extensions/regex_functions.cc). */
export const REGEX_FUNCTIONS: Readonly<Record<string, Operation>> = {
  're.extract/3': withPattern(extract),
  're.capture/2': withPattern(capture),
  're.captureN/2': withPattern(captureAll),
};

/** The first match, rewritten: `\\1` is what the first group holds. */
function extract(pattern: RE2JS, text: string, rewrite: string): ExpressionValue {
  if (!/^(?:[^\\]|\\[\d\\])*$/s.test(rewrite)) return FAULT;
  const groups = pattern.groupCount();
  const wanted = Array.from(rewrite.matchAll(/\\([\d\\])/g), ([, what]) =>
    what === '\\' ? 0 : Number(what),
  );
  const matcher = pattern.matcher(text);
  if (wanted.some((group) => group > groups) || !matcher.find()) return FAULT;
  return rewrite.replaceAll(/\\([\d\\])/g, (_, what: string) =>
    what === '\\' ? what : (matcher.group(Number(what)) ?? ''),
  );
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
