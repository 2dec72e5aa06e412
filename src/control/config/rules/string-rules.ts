import type { StringRules } from '#schema/validate/validate_pb.js';

const HEADER_NAME = 1;
const HEADER_VALUE = 2;

/** The header expressions that `well_known_regex` stands for; not strict ones only keep NUL, CR and LF out. */
const HEADER_PATTERNS = {
  anyText: '^[^\\u0000\\u000A\\u000D]*$',
  strictName: "^:?[0-9a-zA-Z!#$%&'*+\\-.^_|~`]+$",
  strictValue: '^[^\\u0000-\\u0008\\u000A-\\u001F\\u007F]*$',
};

/** The first string rule that does not hold, in the words of Envoy's validator. */
export function stringFault(value: string, rules: StringRules): string | undefined {
  if (rules.ignoreEmpty === true && value === '') return undefined;
  return lengthFault(value, rules) ?? listFault(value, rules) ?? patternFault(value, rules);
}

function lengthFault(value: string, rules: StringRules): string | undefined {
  const characters = BigInt([...value].length);
  const bytes = BigInt(Buffer.byteLength(value));
  const { minLen, maxLen, minBytes, maxBytes } = rules;
  if (isSet(minLen) && characters < minLen) return `value length must be at least ${minLen} characters`;
  if (isSet(maxLen) && characters > maxLen) return `value length must be at most ${maxLen} characters`;
  if (isSet(minBytes) && bytes < minBytes) return `value length must be at least ${minBytes} bytes`;
  if (isSet(maxBytes) && bytes > maxBytes) return `value length must be at most ${maxBytes} bytes`;
  return undefined;
}

/** Unset proto2 numbers read as zero. */
const isSet = (bound: bigint | undefined): bound is bigint => bound !== undefined && bound !== 0n;

function listFault(value: string, rules: StringRules): string | undefined {
  if (rules.in.length > 0 && !rules.in.includes(value))
    return `value must be in list [${rules.in.join(' ')}]`;
  return undefined;
}

function patternFault(value: string, rules: StringRules): string | undefined {
  const source = patternOf(rules);
  if (source === undefined || schemaPattern(source).test(value)) return undefined;
  return `value does not match regex pattern "${source}"`;
}

function patternOf(rules: StringRules): string | undefined {
  if (rules.pattern !== '') return rules.pattern;
  if (rules.wellKnown.case !== 'wellKnownRegex') return undefined;
  if (!rules.strict) return HEADER_PATTERNS.anyText;
  if (rules.wellKnown.value === HEADER_NAME) return HEADER_PATTERNS.strictName;
  return rules.wellKnown.value === HEADER_VALUE ? HEADER_PATTERNS.strictValue : undefined;
}

const patterns = new Map<string, RegExp>();

/** Patterns of the schema itself, never of a user's text. */
function schemaPattern(source: string): RegExp {
  let pattern = patterns.get(source);
  if (pattern === undefined) {
    pattern = new RegExp(source, 'u');
    patterns.set(source, pattern);
  }
  return pattern;
}
