import { isCredentialName, type Recorder } from '../../base/index.ts';
import { fromByteString, toByteString } from './byte-string.ts';
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
  readonly #name: string;
  readonly #present: boolean;

  constructor(name: string, present: boolean) {
    this.#name = name;
    this.#present = present;
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
  readonly #name: string;
  readonly #value: StringMatcher;

  constructor(name: string, value: StringMatcher) {
    this.#name = name;
    this.#value = value;
    this.wants = `query parameter ${name} ${wantedUnder(name, value.wants)}`;
  }

  matches(path: string, recorder: Recorder | null): boolean {
    const value = firstRawParameter(path, this.#name);
    if (recorder !== null) recorder.note(describeParameter(this.#name, value));
    return value !== undefined && this.#value.matches(value);
  }
}

/** The first value under `name` in the query of `path`, as it is spelled there; a bare name has the empty value. */
function firstRawParameter(path: string, name: string): string | undefined {
  let at = path.indexOf('?') + 1;
  if (at === 0) return undefined;
  while (at <= path.length) {
    const next = path.indexOf('&', at);
    const end = next < 0 ? path.length : next;
    const equals = path.indexOf('=', at);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    if (nameEnd - at === name.length && path.startsWith(name, at)) {
      return nameEnd === end ? '' : path.slice(nameEnd + 1, end);
    }
    at = end + 1;
  }
  return undefined;
}

function describeParameter(name: string, value: string | undefined): string {
  if (value === undefined) return `query parameter ${name} is missing`;
  return isCredentialName(name)
    ? `query parameter ${name} is present (its value is not shown)`
    : `query parameter ${name} = "${redactTokens(fromByteString(value))}"`;
}
