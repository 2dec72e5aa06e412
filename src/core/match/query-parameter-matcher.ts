import { isCredentialName, type Recorder } from '../../base/index.ts';
import { fromByteString, toByteString } from './byte-string.ts';
import { type ClueSource, collectAt, type Hint, ONLY_PLACE } from './hint.ts';
import { ParameterWalk } from './parameter-walk.ts';
import { redactTokens, wantedUnder } from './redact-tokens.ts';
import type { Refuse } from './refusal.ts';
import { compileStringMatcher, type StringMatcher, type StringMatcherConfig } from './string-matcher.ts';

/** The shape of `envoy.config.route.v3.QueryParameterMatcher`. */
export interface QueryParameterMatcherConfig {
  name: string;
  queryParameterMatchSpecifier:
    | { case: 'stringMatch'; value: StringMatcherConfig }
    | { case: 'presentMatch'; value: boolean }
    | { case: undefined; value?: undefined };
}

/** A compiled test of one query parameter. */
export interface QueryParameterMatcher {
  readonly wants: string;
  /** @param path the request target with its query */
  matches(path: string, recorder: Recorder | null): boolean;
  /** About the request target with its query. */
  readonly hint: Hint<string>;
}

/** Compiles a test of the first value of a query parameter, nothing decoded (envoy.md §6.2). */
export function compileQueryParameterMatcher(
  config: QueryParameterMatcherConfig,
  refuse: Refuse,
): QueryParameterMatcher | null {
  const specifier = config.queryParameterMatchSpecifier;
  const name = toByteString(config.name);
  if (specifier.case !== 'stringMatch') return new ParameterPresence(name, specifier.value ?? true);
  const value = compileStringMatcher(specifier.value, refuse);
  return value === null ? null : new ParameterValue(name, value);
}

class ParameterPresence implements QueryParameterMatcher {
  readonly wants: string;
  readonly hint: Hint<string>;
  readonly #name: string;
  readonly #present: boolean;

  constructor(name: string, present: boolean) {
    this.#name = name;
    this.#present = present;
    this.hint = present ? presenceHint(name) : null;
    this.wants = `query parameter ${name} ${present ? 'present' : 'absent'}`;
  }

  matches(path: string, recorder: Recorder | null): boolean {
    const value = firstRawParameter(path, this.#name);
    if (recorder !== null) recorder.note(describeParameter(this.#name, value));
    return (value !== undefined) === this.#present;
  }
}

class ParameterValue implements QueryParameterMatcher {
  readonly wants: string;
  readonly hint: Hint<string>;
  readonly #name: string;
  readonly #value: StringMatcher;

  constructor(name: string, value: StringMatcher) {
    this.#name = name;
    this.#value = value;
    const { plain } = value;
    this.hint =
      plain?.kind === 'exact' && !plain.ignoreCase
        ? { kind: 'value', clue: { source: VALUES, place: name, texts: [plain.text] } }
        : presenceHint(name);
    this.wants = `query parameter ${name} ${wantedUnder(name, value.wants)}`;
  }

  matches(path: string, recorder: Recorder | null): boolean {
    const value = firstRawParameter(path, this.#name);
    if (recorder !== null) recorder.note(describeParameter(this.#name, value));
    return value !== undefined && this.#value.matches(value);
  }
}

/** The first value under `name` in the query of `path`. */
function firstRawParameter(path: string, name: string): string | undefined {
  const walk = new ParameterWalk(path);
  while (walk.next()) if (walk.isNamed(name)) return walk.value;
  return undefined;
}

/** The first value of each parameter: its name is the place. */
const VALUES: ClueSource<string> = {
  name: 'query parameter',
  collect(path, places, found) {
    const seen = new Set<string>();
    const walk = new ParameterWalk(path);
    while (seen.size < places.size && walk.next()) {
      const { name } = walk;
      if (!places.has(name) || seen.has(name)) continue;
      seen.add(name);
      collectAt(places, name, walk.value, found);
    }
  },
};

/** The names of the parameters that there are. */
const NAMES: ClueSource<string> = {
  name: 'query parameter name',
  collect(path, places, found) {
    const seen = new Set<string>();
    const walk = new ParameterWalk(path);
    while (walk.next()) seen.add(walk.name);
    for (const name of seen) collectAt(places, ONLY_PLACE, name, found);
  },
};

function presenceHint(name: string): Hint<string> {
  return { kind: 'value', clue: { source: NAMES, place: ONLY_PLACE, texts: [name] } };
}

function describeParameter(name: string, value: string | undefined): string {
  if (value === undefined) return `query parameter ${name} is missing`;
  return isCredentialName(name)
    ? `query parameter ${name} is present (its value is not shown)`
    : `query parameter ${name} = "${redactTokens(fromByteString(value))}"`;
}
