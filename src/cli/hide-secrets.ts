import { isRandomText } from './is-random-text.ts';

/** Hides what may be a credential in what is said of texts that people wrote: configuration, policy tests, realms, command lines. */
export interface SecretHider {
  /** The lines of a text as they may be shown. What is hidden keeps its length, so that marks stay in place. */
  lines(text: string): readonly string[];
  /** A sentence that may quote any of the texts. */
  sentence(text: string): string;
}

/** Shown in a sentence for what is hidden. */
const HIDDEN = '(not shown)';
/** What is shorter is not looked for in sentences: it would be found in words. */
const QUOTED_MIN = 6;

/** @param texts that sentences may quote; each is looked through once */
export function createSecretHider(texts: readonly string[]): SecretHider {
  const looked = new Map<string, Hidden>();
  const look = (text: string) => {
    const known = looked.get(text) ?? hide(text);
    looked.set(text, known);
    return known;
  };
  let quoted: readonly string[] | undefined;
  return {
    lines: (text) => look(text).shown.split(LINE_END),
    sentence: (text) => {
      quoted ??= quotable(texts.flatMap((one) => look(one).hidden));
      const said = quoted.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
      return hideIn(said, () => HIDDEN);
    },
  };
}

/** The longest first: one may be in another. */
function quotable(hidden: readonly string[]): string[] {
  return [...new Set(hidden)]
    .filter((secret) => secret.length >= QUOTED_MIN)
    .sort((a, b) => b.length - a.length);
}

const LINE_END = /\r\n?|\n/;
/** Also as it stands in a quoted text. */
const WRITTEN_LINE_END = /\r\n?|\n|\\n/;

interface Hidden {
  readonly shown: string;
  readonly hidden: readonly string[];
}

function hide(text: string): Hidden {
  const hidden: string[] = [];
  const shown = hideIn(text, (found) => {
    hidden.push(...found.split(WRITTEN_LINE_END).map((line) => line.trim()), found);
    return found.replaceAll(/[^\r\n]/g, '*');
  });
  return { shown, hidden };
}

function hideIn(text: string, replace: (found: string) => string): string {
  return PATTERNS.reduce((shown, { pattern, isSecret }) => {
    const replaceOne = (found: string, ...context: unknown[]) => {
      const [at, whole] = context.slice(-2) as [number, string];
      const before = whole.slice(Math.max(0, at - CONTEXT_LENGTH), at);
      return isSecret?.(found, before) === false ? found : replace(found);
    };
    return shown.replaceAll(pattern, replaceOne);
  }, text);
}

/** The end of a key, whatever quotes it: `password: `, `"password": "`, `\"password\":\"`, `password=`. */
const AFTER_KEY = String.raw`\\?["']?\s{0,20}[:=]\s{0,20}\\?["']?`;
/** A scalar: to its quote, or to where YAML's flow style or a comment ends it. Blanks are taken with what follows: any number of them is looked at once. */
const VALUE = String.raw`(?:(?<=")[^"\\\r\n]+|(?<=')[^'\\\r\n]+|(?<!["'])[^\s"'{}[\],|>&*#\\](?:(?:[^\S\r\n]+(?!#))?[^\s"'{}[\],\\])*(?=\s*(?:[,}\]"'\\\r\n]|\s#|$)))`;
const CREDENTIAL =
  '(?:pass(?:word|wd|phrase)|secret|token|api[-_]?key|private[-_]?key|authorization|cookie|credential|secretData)';

/** The end of a key whose value is a mapping, or a list of mappings, up to the first key in it. */
const OPENS = String.raw`\\?["']?\s{0,20}:\s{0,20}\[?\s{0,20}(?:-\s{1,20})?\{?\s{0,80}\\?["']?`;

const valueAfter = (key: string) => new RegExp(`(?<=${key}${AFTER_KEY})${VALUE}`, 'gim');

/** Members of keys that everybody may know. */
const PUBLIC = new RegExp(String.raw`(?<![\w-])(?:kid|n|e|x|y|x5t(?:#S256)?)${AFTER_KEY}$`);
const CONTEXT_LENGTH = 40;

interface Pattern {
  pattern: RegExp;
  isSecret?: (found: string, before: string) => boolean;
}

const PATTERNS: readonly Pattern[] = [
  { pattern: /eyJ[\w-]{4,}(?:\.[\w-]*){0,4}/g },
  { pattern: /(?<=-----BEGIN (?!CERTIFICATE|PUBLIC|X509)[A-Z ]+-----)(?:(?!-----)[\s\S])+/g },
  {
    pattern: valueAfter(String.raw`(?<![\w-])(?:k|d|p|q|dp|dq|qi)`),
    isSecret: (found) => /^[\w+/=-]{8,}$/.test(found),
  },
  // Envoy's data sources, {password: {inline_string: …}}, and its matchers, {name: cookie, string_match: {exact: …}}
  { pattern: valueAfter(`(?:${CREDENTIAL}|users|keys)${OPENS}inline_(?:string|bytes)`) },
  {
    pattern: valueAfter(
      String.raw`name${AFTER_KEY}[\w-]{0,40}${CREDENTIAL}[\w-]{0,40}\\?["']?\s{0,40},?\s{0,40}\\?["']?(?:string_?match${OPENS})?(?:safe_?regex(?:_?match)?${OPENS}regex|(?:exact|prefix|suffix|contains)(?:_?match)?)`,
    ),
  },
  {
    pattern: valueAfter(CREDENTIAL),
    isSecret: (found) => !/^(?:(?:true|false|null|~|\d{1,4})$|inline_(?:string|bytes):)/.test(found),
  },
  {
    pattern: new RegExp(
      String.raw`(?<=${CREDENTIAL}${AFTER_KEY}[|>][-+\d]{0,2}[ \t]{0,20}\r?\n)[ \t]+(?![ \t]|-----)[^\r\n]+`,
      'gi',
    ),
  },
  // Headers and Keycloak's credentials: {key: cookie, value: …}, {type: password, value: …}
  {
    pattern: valueAfter(
      String.raw`(?:key|name|type)${AFTER_KEY}[\w-]{0,40}${CREDENTIAL}[\w-]{0,40}\\?["']?\s{0,40},?\s{0,40}\\?["']?valu?e?s?`,
    ),
  },
  { pattern: /(?<=\b(?:Basic|Bearer)\s{1,8})[\w+/=.~-]{6,}/gi },
  { pattern: /(?<=[\w+.-]:(?:\/\/[^\s:@/"'`]{0,64}:)?)[^\s:@/"'`,{}[\]]+(?=@[\w[])/g },
  { pattern: /(?<=[?&;][\w.-]{0,40}(?:key|token|secret|pass\w*|sig\w*|auth\w*|code|jwt)=)[^&\s"'`#]+/gi },
  {
    pattern: /[\w+/=-]{12,}/g,
    isSecret: (found, before) => isRandomText(found) && !PUBLIC.test(before),
  },
];
