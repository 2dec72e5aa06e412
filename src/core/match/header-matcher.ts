import { isCredentialName, parseInteger, type Recorder } from '../../base/index.ts';
import { fromByteString, lowerAscii } from './byte-string.ts';
import { type ClueSource, collectAt, type Hint, ONLY_PLACE } from './hint.ts';
import type { MatchedRequest } from './matched-request.ts';
import { redactTokens, wantedUnder } from './redact-tokens.ts';
import type { Refuse } from './refusal.ts';
import {
  compileRegexMatcher,
  compileStringMatcher,
  createPlainMatcher,
  type StringMatcher,
  type StringMatcherConfig,
} from './string-matcher.ts';

/** The shape of `envoy.config.route.v3.HeaderMatcher`. */
export interface HeaderMatcherConfig {
  name: string;
  headerMatchSpecifier:
    | { case: 'exactMatch' | 'prefixMatch' | 'suffixMatch' | 'containsMatch'; value: string }
    | { case: 'safeRegexMatch'; value: { regex: string } }
    | { case: 'rangeMatch'; value: { start: bigint; end: bigint } }
    | { case: 'presentMatch'; value: boolean }
    | { case: 'stringMatch'; value: StringMatcherConfig }
    | { case: undefined; value?: undefined };
  invertMatch: boolean;
  treatMissingHeaderAsEmpty: boolean;
}

/** A compiled test of one header of a request. */
export interface HeaderMatcher {
  readonly name: string;
  /** What it looks for, for a person: `header x-a exact "1"`. */
  readonly wants: string;
  matches(request: MatchedRequest, recorder: Recorder | null): boolean;
  readonly hint: Hint<MatchedRequest>;
}

/** Compiles a HeaderMatcher; without a specifier it tests presence (Envoy: header_utility.cc). */
export function compileHeaderMatcher(config: HeaderMatcherConfig, refuse: Refuse): HeaderMatcher | null {
  const name = lowerAscii(config.name);
  const specifier = config.headerMatchSpecifier;
  if (specifier.case === undefined || specifier.case === 'presentMatch') {
    return new PresenceMatcher(name, specifier.value ?? true, config);
  }
  const value = compileValue(specifier, refuse);
  return value === null ? null : new LineMatcher(name, value, config);
}

type ValueSpecifier = Exclude<
  HeaderMatcherConfig['headerMatchSpecifier'],
  { case: undefined } | { case: 'presentMatch' }
>;

type ValueTest = Pick<StringMatcher, 'matches' | 'wants'> & Partial<Pick<StringMatcher, 'plain'>>;

function compileValue(specifier: ValueSpecifier, refuse: Refuse): ValueTest | null {
  switch (specifier.case) {
    case 'exactMatch':
      return specifier.value === '' ? ANY_VALUE : createPlainMatcher('exact', specifier.value, false);
    case 'prefixMatch':
      return createPlainMatcher('prefix', specifier.value, false);
    case 'suffixMatch':
      return createPlainMatcher('suffix', specifier.value, false);
    case 'containsMatch':
      return createPlainMatcher('contains', specifier.value, false);
    case 'safeRegexMatch':
      return compileRegexMatcher(specifier.value, refuse);
    case 'stringMatch':
      return compileStringMatcher(specifier.value, refuse);
    case 'rangeMatch':
      return createRangeTest(specifier.value.start, specifier.value.end);
  }
}

/** An empty `exact_match` is an old way to ask for presence. */
const ANY_VALUE: ValueTest = { wants: 'present', matches: () => true };

const INT64_MAX = 2n ** 63n - 1n;

/** A decimal 64-bit integer in `[start, end)`; anything else does not match. */
function createRangeTest(start: bigint, end: bigint): ValueTest {
  return {
    wants: `in range [${start}, ${end})`,
    matches(bytes) {
      const value = parseInteger(bytes);
      if (value === undefined) return false;
      return value >= -INT64_MAX - 1n && value <= INT64_MAX && value >= start && value < end;
    },
  };
}

/**
 * Tests each line of a header by itself: one that matches is enough, and an inverted matcher wants none to match. A missing header
 * matches nothing, not even inverted, unless it is to be treated as empty (Envoy 1.40: match_headers_individually).
 */
class LineMatcher implements HeaderMatcher {
  readonly name: string;
  readonly wants: string;
  readonly #value: ValueTest;
  readonly #invert: boolean;
  readonly #missingIsEmpty: boolean;
  readonly hint: Hint<MatchedRequest>;

  constructor(name: string, value: ValueTest, config: HeaderMatcherConfig) {
    this.name = name;
    this.#value = value;
    this.#invert = config.invertMatch;
    this.#missingIsEmpty = config.treatMissingHeaderAsEmpty;
    this.wants = `header ${name} ${config.invertMatch ? 'not ' : ''}${wantedUnder(name, value.wants)}`;
    this.hint = config.treatMissingHeaderAsEmpty ? null : this.#findHint();
  }

  matches(request: MatchedRequest, recorder: Recorder | null): boolean {
    if (recorder !== null) recorder.note(describeHeader(request, this.name));
    const single = pseudoHeader(request, this.name);
    if (single !== undefined) return this.#value.matches(single) !== this.#invert;
    const { names, values } = request.headers;
    let found = false;
    for (let i = 0; i < names.length; i++) {
      if (names[i] !== this.name) continue;
      found = true;
      if (this.#value.matches(values[i] as string)) return !this.#invert;
    }
    if (found) return this.#invert;
    return this.#missingIsEmpty && this.#value.matches('') !== this.#invert;
  }

  /** Without the header nothing matches, not even inverted. */
  #findHint(): Hint<MatchedRequest> {
    const { plain } = this.#value;
    if (this.#invert || plain?.kind !== 'exact' || plain.ignoreCase) return presenceHint(this.name);
    return { kind: 'value', clue: { source: LINES, place: this.name, texts: [plain.text] } };
  }
}

const PSEUDO = [':path', ':method', ':authority', 'host', ':scheme'];

/** Each line of a header: its name is the place. */
const LINES: ClueSource<MatchedRequest> = {
  name: 'header',
  collect(request, places, found) {
    const { names, values } = request.headers;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (places.has(name) && pseudoHeader(request, name) === undefined) {
        collectAt(places, name, values[i] as string, found);
      }
    }
    for (const name of PSEUDO) {
      const value = places.has(name) ? pseudoHeader(request, name) : undefined;
      if (value !== undefined) collectAt(places, name, value, found);
    }
  },
};

/** The names of the headers that there are. */
const NAMES: ClueSource<MatchedRequest> = {
  name: 'header name',
  collect({ headers: { names } }, places, found) {
    for (const name of names) collectAt(places, ONLY_PLACE, name, found);
  },
};

/** Pseudo-headers are nearly always there. */
function presenceHint(name: string): Hint<MatchedRequest> {
  if (PSEUDO.includes(name)) return null;
  return { kind: 'value', clue: { source: NAMES, place: ONLY_PLACE, texts: [name] } };
}

class PresenceMatcher implements HeaderMatcher {
  readonly hint: Hint<MatchedRequest>;
  readonly name: string;
  readonly wants: string;
  readonly #wanted: boolean;
  readonly #missingIsEmpty: boolean;

  constructor(name: string, present: boolean, config: HeaderMatcherConfig) {
    this.name = name;
    this.#wanted = present !== config.invertMatch;
    this.#missingIsEmpty = config.treatMissingHeaderAsEmpty;
    this.hint = this.#wanted && !this.#missingIsEmpty ? presenceHint(name) : null;
    this.wants = `header ${name} ${this.#wanted ? 'present' : 'absent'}`;
  }

  matches(request: MatchedRequest, recorder: Recorder | null): boolean {
    if (recorder !== null) recorder.note(describeHeader(request, this.name));
    const present =
      this.#missingIsEmpty ||
      pseudoHeader(request, this.name) !== undefined ||
      request.headers.names.includes(this.name);
    return present === this.#wanted;
  }
}

/**
 * The value behind a pseudo-header's name; `host` is another name for `:authority`. There is none of a request that could not be read, and no
 * scheme of one that was refused before it got one; the authority alone may be empty and there.
 */
export function pseudoHeader(request: MatchedRequest, name: string): string | undefined {
  switch (name) {
    case ':path':
      return request.path || undefined;
    case ':method':
      return request.method || undefined;
    case ':authority':
    case 'host':
      return request.authority || emptyAuthority(request);
    case ':scheme':
      return request.scheme || undefined;
    default:
      return undefined;
  }
}

function emptyAuthority({ method, lacksHost }: MatchedRequest): '' | undefined {
  return method === '' || lacksHost === true ? undefined : '';
}

/** A header as a person may see it: `x-a = "1"`, `x-a is missing`; credentials are left out. */
function describeHeader(request: MatchedRequest, name: string): string {
  const single = pseudoHeader(request, name);
  const values = single !== undefined ? [single] : linesOf(request.headers, name);
  if (values.length === 0) return `header ${name} is missing`;
  if (isCredentialName(name)) return `header ${name} is present (its value is not shown)`;
  return `header ${name} = ${values.map((value) => `"${redactTokens(fromByteString(value))}"`).join(', ')}`;
}

/** All lines of a header, joined with commas; undefined where there is none. */
export function joinedLines(headers: MatchedRequest['headers'], name: string): string | undefined {
  const lines = linesOf(headers, name);
  return lines.length === 0 ? undefined : lines.join(',');
}

function linesOf({ names, values }: MatchedRequest['headers'], name: string): string[] {
  return values.filter((_, index) => names[index] === name);
}
