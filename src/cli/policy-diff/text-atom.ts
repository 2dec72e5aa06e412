import type { HeaderMatcher } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { StringMatcher } from '#schema/envoy/type/matcher/v3/string_pb.js';
import { compileRegexPathMatcher, createPathMatcher } from '../../core/match/index.ts';
import { regexSamples } from './regex-samples.ts';

/** One test of a text that a configuration makes. */
export interface TextAtom {
  kind: 'exact' | 'prefix' | 'path-prefix' | 'suffix' | 'contains' | 'regex';
  text: string;
  ignoreCase: boolean;
}

export function atomsOfString({ matchPattern: pattern, ignoreCase }: StringMatcher): TextAtom[] {
  switch (pattern.case) {
    case 'exact':
    case 'prefix':
    case 'suffix':
    case 'contains':
      return [{ kind: pattern.case, text: pattern.value, ignoreCase }];
    case 'safeRegex':
      return [{ kind: 'regex', text: pattern.value.regex, ignoreCase }];
    default:
      return [];
  }
}

/** None for a test of presence. */
export function atomsOfHeader({ headerMatchSpecifier: specifier }: HeaderMatcher): TextAtom[] {
  const plain = (kind: TextAtom['kind'], text: string): TextAtom[] => [{ kind, text, ignoreCase: false }];
  switch (specifier.case) {
    case 'exactMatch':
      return plain('exact', specifier.value);
    case 'prefixMatch':
      return plain('prefix', specifier.value);
    case 'suffixMatch':
      return plain('suffix', specifier.value);
    case 'containsMatch':
      return plain('contains', specifier.value);
    case 'safeRegexMatch':
      return plain('regex', specifier.value.regex);
    case 'rangeMatch':
      return [specifier.value.start, specifier.value.end].flatMap((edge) =>
        [edge - 1n, edge].flatMap((number) => plain('exact', String(number))),
      );
    case 'stringMatch':
      return atomsOfString(specifier.value);
    default:
      return [];
  }
}

/** What no configuration writes, so that a text with it is one of the others. */
export const FRESH = '~';

/** One text of each class of texts that the atoms can tell apart. */
export function representatives(atoms: readonly TextAtom[]): string[] {
  return onePerClass(candidatesFor(atoms), atoms);
}

/** The shortest of those for which all atoms say the same. */
export function onePerClass(candidates: readonly string[], atoms: readonly TextAtom[]): string[] {
  const tests = atoms.map(matchesAtom);
  const classes = new Map<string, string>();
  for (const text of candidates.toSorted(byLength)) {
    const vector = tests.map((test) => (test(text) ? '1' : '0')).join('');
    if (!classes.has(vector)) classes.set(vector, text);
  }
  return [...classes.values()];
}

const byLength = (a: string, b: string) => a.length - b.length || (a < b ? -1 : 1);

/**
 * Texts of which each class of texts that the atoms can tell apart has one: the literals, each alone and with something behind or
 * before it, prefixes joined with suffixes, samples of the expressions, and a text that none of them knows.
 */
export function candidatesFor(atoms: readonly TextAtom[]): string[] {
  const texts = new Set<string>();
  for (const { kind, text } of atoms) for (const value of around(kind, text)) texts.add(value);
  const heads = atoms.filter(({ kind }) => kind === 'prefix' || kind === 'path-prefix');
  const tails = atoms.filter(({ kind }) => kind === 'suffix' || kind === 'contains');
  for (const head of heads) {
    for (const tail of tails) texts.add(`${head.text}${FRESH}${tail.text}`);
  }
  const changed = atoms.filter(({ ignoreCase, kind }) => ignoreCase && kind !== 'regex');
  for (const { text } of changed)
    for (const value of [text.toUpperCase(), text.toLowerCase()]) texts.add(value);
  texts.add(`${FRESH}other`);
  return [...texts];
}

function around(kind: TextAtom['kind'], text: string): string[] {
  switch (kind) {
    case 'exact':
    case 'prefix':
      return [text, `${text}${FRESH}`];
    case 'path-prefix':
      return [text, `${text}/${FRESH}`, `${text}${FRESH}`];
    case 'suffix':
      return [text, `${FRESH}${text}`];
    case 'contains':
      return [text, `${FRESH}${text}${FRESH}`];
    case 'regex': {
      const samples = regexSamples(text);
      return [...samples, ...samples.slice(0, 1).map((sample) => `${sample}${FRESH}`)];
    }
  }
}

/** The test that an atom makes. */
export function matchesAtom({ kind, text, ignoreCase }: TextAtom): (path: string) => boolean {
  const wanted = ignoreCase ? text.toLowerCase() : text;
  const fold = (path: string) => (ignoreCase ? path.toLowerCase() : path);
  switch (kind) {
    case 'suffix':
      return (path) => fold(path).endsWith(wanted);
    case 'contains':
      return (path) => fold(path).includes(wanted);
    case 'regex': {
      const matcher = compileRegexPathMatcher({ regex: text }, () => undefined);
      return (path) => matcher?.matches(path) === true;
    }
    default: {
      const matcher = createPathMatcher(PLAIN_KINDS[kind], text, ignoreCase);
      return (path) => matcher.matches(path);
    }
  }
}

const PLAIN_KINDS = { exact: 'path', prefix: 'prefix', 'path-prefix': 'path_separated_prefix' } as const;
