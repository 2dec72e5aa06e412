import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { HEADERS, HOSTS, METHODS, PARAMETER_VALUES, PARAMETERS, PATHS, REPEATED, VALUES } from './words.ts';

const escapeRegex = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function part(choose: Choose, text: string): string {
  const from = choose.below(text.length + 1);
  return text.slice(from, from + choose.between(1, 4)) || text || 'a';
}

/** A regular expression that has to do with a text. */
export function generateRegex(choose: Choose, text: string): string {
  return choose.weighted<string>([
    [3, () => `${escapeRegex(text)}.*`],
    [3, () => escapeRegex(text)],
    [2, () => `.*${escapeRegex(part(choose, text))}.*`],
    [1, () => `(?i)${escapeRegex(text)}`],
    [1, () => `${escapeRegex(text)}|b`],
    [1, () => `(${escapeRegex(text)}|/?[a-z]+)/?.*`],
    [1, () => '[[:alpha:]/]+'],
    [1, () => '^/?\\w+$'],
    [1, () => '.'],
    [1, () => '..'],
    [1, () => '[^a]*'],
    [1, () => '\\d{1,3}|\\S+/v[0-9]'],
    [1, () => `(?:${escapeRegex(text)})?`],
    [1, () => '.*'],
  ]);
}

/** A RegexMatcher, at times in the older form. */
export const generateRegexMatcher = (choose: Choose, text: string): JsonObject => ({
  regex: generateRegex(choose, text),
  ...choose.field<Json>(0.05, 'google_re2', () =>
    choose.field(0.3, 'max_program_size', () => choose.pick([100, 100, 100, 5])),
  ),
});

/** A StringMatcher that has to do with one of the texts. */
export function generateString(choose: Choose, texts: readonly string[]): JsonObject {
  const text = choose.pick(texts);
  const ignoreCase = choose.field(0.2, 'ignore_case', () => choose.chance(0.9));
  return choose.weighted<JsonObject>([
    [5, () => ({ exact: text, ...ignoreCase })],
    [3, () => ({ prefix: part(choose, text), ...ignoreCase })],
    [2, () => ({ prefix: text || 'a', ...ignoreCase })],
    [2, () => ({ suffix: part(choose, text), ...ignoreCase })],
    [2, () => ({ contains: part(choose, text), ...ignoreCase })],
    [3, () => ({ safe_regex: generateRegexMatcher(choose, text) })],
  ]);
}

const NAMED_VALUES: Record<string, readonly string[]> = {
  ':path': [...PATHS, '/a?x=a', '?x=a'],
  ':method': METHODS,
  ':authority': HOSTS,
  ':scheme': ['http', 'https'],
  host: HOSTS,
};

/** What lines of one name come to, joined or not. */
const REPEATED_VALUES = ['a', 'b', 'a,b', 'a, b', 'a,', ',', '', 'b,a', 'a,a', '1', '1,2'];

export function generateHeaderMatcher(choose: Choose): JsonObject {
  const isRepeated = choose.chance(0.15);
  const name: string = isRepeated
    ? choose.pick(REPEATED)
    : choose.pick([...HEADERS, ...HEADERS, ...Object.keys(NAMED_VALUES), ':method']);
  const values = isRepeated ? REPEATED_VALUES : (NAMED_VALUES[name] ?? VALUES);
  const value = choose.pick(values);
  const specifier = choose.weighted<JsonObject>([
    [6, () => ({ string_match: generateString(choose, values) })],
    [3, () => ({ present_match: choose.chance(0.7) })],
    [1, () => ({})],
    [1, () => ({ exact_match: value })],
    [1, () => ({ prefix_match: value || 'a' })],
    [1, () => ({ suffix_match: value || 'a' })],
    [1, () => ({ contains_match: value || 'a' })],
    [1, () => ({ safe_regex_match: generateRegexMatcher(choose, value) })],
    [2, () => ({ range_match: { start: choose.between(-3, 2), end: choose.between(2, 13) } })],
  ]);
  return {
    name,
    ...specifier,
    ...choose.field(0.2, 'invert_match', () => true),
    ...choose.field(0.15, 'treat_missing_header_as_empty', () => true),
  };
}

export function generateQueryMatcher(choose: Choose): JsonObject {
  const name = choose.pick(PARAMETERS);
  return choose.weighted<JsonObject>([
    [3, () => ({ name, string_match: generateString(choose, PARAMETER_VALUES) })],
    [2, () => ({ name, present_match: choose.chance(0.7) })],
    [1, () => ({ name })],
  ]);
}

/** A RouteMatch; the paths that it is about are added to `paths`. */
export function generateRouteMatch(choose: Choose, paths: string[]): JsonObject {
  const path = choose.pick(PATHS);
  paths.push(path);
  const specifier = choose.weighted<JsonObject>([
    [6, () => ({ prefix: path })],
    [1, () => ({ prefix: choose.pick(['', '/', path.slice(0, -1), 'a']) })],
    [4, () => ({ path })],
    [2, () => ({ path_separated_prefix: path === '/' ? '/a' : path.replace(/\/$/, '') })],
    [2, () => ({ safe_regex: generateRegexMatcher(choose, path) })],
  ]);
  return {
    ...specifier,
    ...choose.field(0.15, 'case_sensitive', () => choose.chance(0.2)),
    ...choose.field<Json>(0.2, 'headers', () => choose.list(1, 2, () => generateHeaderMatcher(choose))),
    ...choose.field<Json>(0.12, 'query_parameters', () =>
      choose.list(1, 2, () => generateQueryMatcher(choose)),
    ),
  };
}

/** A ValueMatcher of `envoy.type.matcher.v3`. */
export function generateValueMatcher(choose: Choose, texts: readonly string[], depth = 0): JsonObject {
  const inner = () => generateValueMatcher(choose, texts, depth + 1);
  return choose.weighted<JsonObject>([
    [6, () => ({ string_match: generateString(choose, texts) })],
    [2, () => ({ bool_match: choose.chance(0.6) })],
    [2, () => ({ present_match: choose.chance(0.8) })],
    [1, () => ({ null_match: {} })],
    [2, () => ({ double_match: { exact: choose.pick([3, 0, -5, 1.5]) } })],
    [1, () => ({ double_match: { range: { start: choose.between(-6, 0), end: choose.between(0, 4) } } })],
    [depth > 1 ? 0 : 5, () => ({ list_match: { one_of: inner() } })],
    [depth > 1 ? 0 : 1, () => ({ or_match: { value_matchers: [inner(), inner()] } })],
  ]);
}

const TEMPLATES = [
  '/api/*',
  '/api/*/users',
  '/a/{x}',
  '/**',
  '/{a}/{b}',
  '/public/**',
  '/{x=a}/**',
  '/admin/*.json',
];

/** A match of the path by a template, as an extension. */
export function generateUriTemplate(choose: Choose, paths: string[]): JsonObject {
  paths.push('/api/v1/users', '/a/b');
  return {
    name: 'envoy.path.match.uri_template.uri_template_matcher',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig',
      path_template: choose.pick(TEMPLATES),
    },
  };
}
