import { keysOfPattern } from './literal-prefix.ts';
import type { PathMatcher } from './path-matcher.ts';
import { compileRegex } from './regex.ts';

/** Characters of a path segment that a template may hold and its wildcards take: RFC 3986, pchar. */
const LITERAL = "a-zA-Z0-9-._~%!$&'()*+,;:@=";
const VARIABLES_MAX = 5;
const NAME_LENGTH_MAX = 16;

/**
 * Compiles a path template: literal segments, `*` for one segment, `**` for any number at the end, `{name}` and `{name=a/*}` for the
 * same with a name, which may have literals around it (Envoy: uri_template_lib, uri_template_internal.cc).
 * @returns the matcher, or what is wrong with the template
 */
export function compileUriTemplate(template: string): { matcher: PathMatcher } | TemplateError {
  const parsed = new TemplateParser(template, false).parse();
  if ('error' in parsed) return parsed;
  const wants = `uri_template "${template}"`;
  const compiled = compileRegex(parsed.pattern);
  // Envoy looks at the expression with each request, and nothing matches a broken one: `/a**`.
  if (compiled.error !== undefined) {
    return { matcher: { wants: `${wants} (never: ${compiled.error})`, keys: null, matches: () => false } };
  }
  const { regex } = compiled;
  const keys = keysOfPattern(parsed.pattern);
  return { matcher: { wants, keys, matches: (path) => regex.matchesAll(path) } };
}

/** A template as a regular expression whose groups have the variables' names, and those names. */
export function parsePathTemplate(template: string): { capturing: string; names: string[] } | TemplateError {
  const parser = new TemplateParser(template, true);
  const parsed = parser.parse();
  return 'error' in parsed ? parsed : { capturing: parsed.pattern, names: parser.names };
}

/** Why a template is none. */
export interface TemplateError {
  error: string;
}

type Parsed = { pattern: string } | TemplateError;

const WILDCARD_TEXT = { '*': `[${LITERAL}]+`, '**': `[${LITERAL}/]*` } as const;

class TemplateParser {
  readonly #template: string;
  readonly #names = new Set<string>();
  #rest: string;
  #sawTextGlob = false;

  readonly #captures: boolean;

  constructor(template: string, captures: boolean) {
    this.#template = template;
    this.#rest = template;
    this.#captures = captures;
  }

  get names(): string[] {
    return [...this.#names];
  }

  parse(): Parsed {
    if (!this.#template.startsWith('/')) return this.#fail('it does not start with `/`');
    this.#rest = this.#template.slice(1);
    let pattern = '';
    while (this.#rest !== '') {
      const segment = this.#outerSegment();
      if (typeof segment !== 'string') return segment;
      pattern += `/${segment}`;
      if (this.#rest === '/') return { pattern: `${pattern}/` };
      if (this.#rest.startsWith('/')) {
        this.#rest = this.#rest.slice(1);
        continue;
      }
      if (this.#rest === '') break;
      const suffix = this.#literal();
      if (this.#rest !== '') return this.#fail('prefix match not supported');
      return { pattern: pattern + suffix };
    }
    return { pattern: pattern === '' ? '/' : pattern };
  }

  /** A segment of the template itself: one variable may be in it, with literals before and behind. */
  #outerSegment(): string | TemplateError {
    const hasPrefix = !/^[*{]/.test(this.#rest);
    const prefix = hasPrefix ? this.#segment() : '';
    if (typeof prefix !== 'string') return prefix;
    if (!this.#rest.startsWith('{')) return hasPrefix ? prefix : this.#wildcard();
    if (hasPrefix && !/^[^/]*\}/.test(this.#rest)) return this.#fail('a `{` has no `}` in its segment');
    const variable = this.#variable();
    if (typeof variable !== 'string') return variable;
    const suffix = this.#literal();
    return prefix + variable + suffix;
  }

  #segment(): string | TemplateError {
    if (this.#rest.startsWith('*')) return this.#wildcard();
    const literal = this.#literal();
    return literal === '' ? this.#fail(`\`${this.#rest}\` is no segment`) : literal;
  }

  #wildcard(): string | TemplateError {
    if (this.#sawTextGlob) return this.#fail('no wildcard may come after `**`');
    const kind = this.#rest.startsWith('**') ? '**' : '*';
    this.#rest = this.#rest.slice(kind.length);
    this.#sawTextGlob = kind === '**';
    return WILDCARD_TEXT[kind];
  }

  /** `{name}`, the same as `{name=*}`, or `{name=segments}`. */
  #variable(): string | TemplateError {
    const end = this.#rest.indexOf('}');
    if (end < 0) return this.#fail('a `{` has no `}`');
    const [name = '', ...patterns] = this.#rest.slice(1, end).split('=');
    const after = this.#rest.slice(end + 1);
    if (!/^[a-zA-Z][a-zA-Z0-9_]*$/.test(name) || name.length > NAME_LENGTH_MAX) {
      return this.#fail(`\`${name}\` is no variable name`);
    }
    if (this.#names.has(name)) return this.#fail(`the variable \`${name}\` is there twice`);
    if (this.#names.size >= VARIABLES_MAX) return this.#fail(`more than ${VARIABLES_MAX} variables`);
    this.#names.add(name);
    this.#rest = patterns.length === 0 ? '*' : patterns.join('=');
    if (this.#rest === '') return this.#fail(`the variable \`${name}\` has an empty pattern`);
    const segments: string[] = [];
    do {
      if (segments.length > 0) this.#rest = this.#rest.slice(1);
      const segment = this.#segment();
      if (typeof segment !== 'string') return segment;
      segments.push(segment);
    } while (this.#rest.startsWith('/'));
    if (this.#rest !== '') return this.#fail(`\`${this.#rest}\` is no segment`);
    this.#rest = after;
    const pattern = segments.join('/');
    return this.#captures ? `(?P<${name}>${pattern})` : `(?:${pattern})`;
  }

  /** A `*` beside other characters stays, and is an operator of the expression: `/a*` takes `/aa` (Envoy). */
  #literal(): string {
    const [literal = ''] = new RegExp(`^[${LITERAL}]*`).exec(this.#rest) ?? [];
    this.#rest = this.#rest.slice(literal.length);
    return literal.replaceAll(/[.$()+]/g, String.raw`\$&`);
  }

  #fail(why: string): TemplateError {
    return { error: `\`${this.#template}\` is not a path template: ${why}` };
  }
}
