import type { StringRules } from './rules-json.ts';

/** The header expressions that `well_known_regex` stands for; not strict ones only keep NUL, CR and LF out. */
const HEADER_PATTERNS = {
  anyText: '^[^\\u0000\\u000A\\u000D]*$',
  strictName: "^:?[0-9a-zA-Z!#$%&'*+\\-.^_|~`]+$",
  strictValue: '^[^\\u0000-\\u0008\\u000A-\\u001F\\u007F]*$',
};

/** The first string rule that does not hold, in the words of Envoy's validator. */
export function stringFault(value: string, rules: StringRules): string | undefined {
  if (rules.ignoreEmpty === true && value === '') return undefined;
  return (
    lengthFault(value, rules) ??
    listFault(value, rules) ??
    patternFault(value, rules) ??
    endsFault(value, rules)
  );
}

function lengthFault(value: string, { minLen, maxLen, minBytes, maxBytes }: StringRules): string | undefined {
  if (isLess(characters(value), minLen)) return `value length must be at least ${minLen} characters`;
  if (isLess(maxLen, characters(value))) return `value length must be at most ${maxLen} characters`;
  if (isLess(Buffer.byteLength(value), minBytes)) return `value length must be at least ${minBytes} bytes`;
  if (isLess(maxBytes, Buffer.byteLength(value))) return `value length must be at most ${maxBytes} bytes`;
  return undefined;
}

const characters = (value: string) => [...value].length;

type Length = number | string | undefined;

/** False where one of them is not there. */
const isLess = (one: Length, other: Length) =>
  one !== undefined && other !== undefined && Number(one) < Number(other);

function listFault(value: string, rules: StringRules): string | undefined {
  if (rules.in !== undefined && !rules.in.includes(value))
    return `value must be in list [${rules.in.join(' ')}]`;
  return undefined;
}

function patternFault(value: string, rules: StringRules): string | undefined {
  const source = patternOf(rules);
  if (source === undefined || schemaPattern(source).test(value)) return undefined;
  return `value does not match regex pattern "${source}"`;
}

function patternOf(rules: StringRules): string | undefined {
  if (rules.pattern !== undefined) return rules.pattern;
  if (rules.wellKnownRegex === undefined) return undefined;
  if (rules.strict === false) return HEADER_PATTERNS.anyText;
  return rules.wellKnownRegex === 'HTTP_HEADER_NAME'
    ? HEADER_PATTERNS.strictName
    : HEADER_PATTERNS.strictValue;
}

function endsFault(value: string, { prefix = '', suffix = '' }: StringRules): string | undefined {
  if (!value.startsWith(prefix)) return `value does not have prefix "${prefix}"`;
  if (!value.endsWith(suffix)) return `value does not have suffix "${suffix}"`;
  return undefined;
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
