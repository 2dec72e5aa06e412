import { toByteString } from './byte-string.ts';
import type { Refuse } from './refusal.ts';
import { compileStringMatcher, type StringMatcherConfig } from './string-matcher.ts';

/** A JSON value as metadata holds it. */
export type MatchedValue =
  | null
  | boolean
  | number
  | string
  | readonly MatchedValue[]
  | { readonly [key: string]: MatchedValue };

/** The shape of `envoy.type.matcher.v3.ValueMatcher`. */
export interface ValueMatcherConfig {
  matchPattern:
    | { case: 'nullMatch'; value: object }
    | {
        case: 'doubleMatch';
        value: {
          matchPattern:
            | { case: 'range'; value: { start: number; end: number } }
            | { case: 'exact'; value: number }
            | { case: undefined; value?: undefined };
        };
      }
    | { case: 'stringMatch'; value: StringMatcherConfig }
    | { case: 'boolMatch' | 'presentMatch'; value: boolean }
    | {
        case: 'listMatch';
        value: {
          matchPattern: { case: 'oneOf'; value: ValueMatcherConfig } | { case: undefined; value?: undefined };
        };
      }
    | { case: 'orMatch'; value: { valueMatchers: ValueMatcherConfig[] } }
    | { case: undefined; value?: undefined };
}

/** A compiled test of a JSON value; undefined is a value that is not there and matches nothing. */
export interface ValueMatcher {
  readonly wants: string;
  matches(value: MatchedValue | undefined): boolean;
  /** Set where the value, or one of a list's, must be one of these texts, as bytes. */
  readonly texts?: readonly string[] | undefined;
}

/** Compiles a ValueMatcher (Envoy: matchers.cc; envoy.md §7.2). */
export function compileValueMatcher(
  config: ValueMatcherConfig | undefined,
  refuse: Refuse,
  about: object,
): ValueMatcher | null {
  const pattern = config?.matchPattern;
  switch (pattern?.case) {
    case 'nullMatch':
      return { wants: 'null', matches: (value) => value === null };
    case 'boolMatch':
      return { wants: String(pattern.value), matches: (value) => value === pattern.value };
    case 'presentMatch':
      return pattern.value
        ? { wants: 'to be present', matches: (value) => value !== undefined }
        : { wants: 'nothing (`present_match: false` never matches)', matches: () => false };
    case 'doubleMatch':
      return compileNumber(pattern.value, refuse);
    case 'stringMatch':
      return compileText(pattern.value, refuse);
    case 'listMatch':
      return compileList(pattern.value, refuse);
    case 'orMatch':
      return compileOr(pattern.value, refuse);
    case undefined:
      refuse('a value matcher needs one of its `…_match` fields', config ?? about);
      return null;
  }
}

type NumberConfig = Extract<ValueMatcherConfig['matchPattern'], { case: 'doubleMatch' }>['value'];

/** The range leaves out its end. */
function compileNumber(config: NumberConfig, refuse: Refuse): ValueMatcher | null {
  const pattern = config.matchPattern;
  if (pattern.case === undefined) {
    refuse('`double_match` needs `range` or `exact`', config);
    return null;
  }
  if (pattern.case === 'exact') {
    return { wants: `number ${pattern.value}`, matches: (value) => value === pattern.value };
  }
  const { start, end } = pattern.value;
  return {
    wants: `a number in [${start}, ${end})`,
    matches: (value) => typeof value === 'number' && value >= start && value < end,
  };
}

function compileText(config: StringMatcherConfig, refuse: Refuse): ValueMatcher | null {
  const text = compileStringMatcher(config, refuse);
  if (text === null) return null;
  return {
    wants: text.wants,
    matches: (value) => typeof value === 'string' && text.matches(toByteString(value)),
    texts: text.plain?.kind === 'exact' && !text.plain.ignoreCase ? [text.plain.text] : undefined,
  };
}

type ListConfig = Extract<ValueMatcherConfig['matchPattern'], { case: 'listMatch' }>['value'];

function compileList(config: ListConfig, refuse: Refuse): ValueMatcher | null {
  const element = compileValueMatcher(config.matchPattern.value, refuse, config);
  if (element === null) return null;
  return {
    wants: `a list with one ${element.wants}`,
    matches: (value) => Array.isArray(value) && value.some((entry) => element.matches(entry)),
    texts: config.matchPattern.value?.matchPattern.case === 'stringMatch' ? element.texts : undefined,
  };
}

function compileOr(config: { valueMatchers: ValueMatcherConfig[] }, refuse: Refuse): ValueMatcher | null {
  const members = config.valueMatchers.map((member) => compileValueMatcher(member, refuse, config));
  if (members.some((member) => member === null)) return null;
  const compiled = members as ValueMatcher[];
  return {
    wants: compiled.map((member) => member.wants).join(' or '),
    matches: (value) => compiled.some((member) => member.matches(value)),
    texts: compiled.every(({ texts }) => texts !== undefined)
      ? compiled.flatMap(({ texts }) => texts ?? [])
      : undefined,
  };
}
