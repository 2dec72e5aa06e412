import type { Recorder } from '../../base/index.ts';
import { toByteString } from './byte-string.ts';
import { type Hint, valueHint } from './hint.ts';
import { redactTokens } from './redact-tokens.ts';
import type { Refuse } from './refusal.ts';
import {
  compileValueMatcher,
  type MatchedValue,
  type ValueMatcher,
  type ValueMatcherConfig,
} from './value-matcher.ts';

/** The shape of `envoy.type.matcher.v3.MetadataMatcher`. */
export interface MetadataMatcherConfig {
  filter: string;
  path: { segment: { case: 'key'; value: string } | { case: undefined; value?: undefined } }[];
  value?: ValueMatcherConfig | undefined;
  invert: boolean;
}

/** Dynamic metadata as matchers read it: namespace → key → value. */
export interface MetadataSource {
  get(namespace: string): ReadonlyMap<string, MatchedValue> | undefined;
  keys(): Iterable<string>;
  /** `typed_filter_metadata`, which only expressions look at. */
  readonly typed?: ReadonlyMap<string, PackedMessage> | undefined;
}

/** What an `Any` holds. */
export interface PackedMessage {
  readonly typeName: string;
  readonly content: PackedContent;
}

/** Of the well-known types; of others no more than the type is known. */
export type PackedContent =
  | { case: 'boolValue'; value: boolean }
  | { case: 'int64Value' | 'uint64Value'; value: bigint }
  | { case: 'doubleValue'; value: number }
  | { case: 'stringValue'; value: string }
  | { case: 'bytesValue'; value: Uint8Array }
  | { case: 'durationValue' | 'timestampValue'; value: { seconds: bigint; nanos: number } }
  | { case: 'json'; value: MatchedValue }
  | { case: undefined; value?: undefined };

/** A compiled test of one value of the metadata. */
export interface MetadataMatcher {
  readonly wants: string;
  matches(metadata: MetadataSource | null, recorder: Recorder | null): boolean;
  readonly hint: Hint<MetadataSource | null>;
}

/** Compiles a test of one value of the metadata. Keys are literal; a missing value passes only an inverted matcher. */
export function compileMetadataMatcher(
  config: MetadataMatcherConfig,
  refuse: Refuse,
): MetadataMatcher | null {
  const value = compileValueMatcher(config.value, refuse, config);
  const path: string[] = [];
  for (const { segment } of config.path) {
    if (segment.case === 'key') path.push(segment.value);
    else refuse('a path segment needs a `key`', config, 'path');
  }
  if (value === null || path.length !== config.path.length) return null;
  return new CompiledMetadataMatcher(config.filter, path, value, config.invert);
}

class CompiledMetadataMatcher implements MetadataMatcher {
  readonly wants: string;
  readonly #namespace: string;
  readonly #path: readonly string[];
  readonly #value: ValueMatcher;
  readonly #invert: boolean;
  readonly hint: Hint<MetadataSource | null>;

  constructor(namespace: string, path: readonly string[], value: ValueMatcher, invert: boolean) {
    this.#namespace = namespace;
    this.#path = path;
    this.#value = value;
    this.#invert = invert;
    this.wants = `${this.#place()} ${invert ? 'not ' : ''}${value.wants}`;
    this.hint =
      invert || value.texts === undefined
        ? null
        : valueHint(`metadata ${JSON.stringify([namespace, ...path])}`, value.texts, (metadata) =>
            textsOf(this.#find(metadata)),
          );
  }

  matches(metadata: MetadataSource | null, recorder: Recorder | null): boolean {
    const found = this.#find(metadata);
    if (recorder !== null) recorder.note(`${this.#place()} ${describeValue(found)}`);
    return this.#value.matches(found) !== this.#invert;
  }

  #find(metadata: MetadataSource | null): MatchedValue | undefined {
    return findMetadata(metadata, this.#namespace, this.#path);
  }

  /** Claims are called claims: that is the word their authors use. */
  #place(): string {
    const [first, ...rest] = this.#path;
    return this.#namespace === 'envoy.filters.http.jwt_authn' && rest.length > 0
      ? `claim ${rest.join('.')}`
      : `metadata ${[this.#namespace, first, ...rest].join(':')}`;
  }
}

/** The value at a path of literal keys; undefined where there is none. */
export function findMetadata(
  metadata: MetadataSource | null,
  namespace: string,
  path: readonly string[],
): MatchedValue | undefined {
  let value = metadata?.get(namespace)?.get(path[0] as string);
  for (let i = 1; i < path.length; i++) {
    const key = path[i] as string;
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function textsOf(value: MatchedValue | undefined): readonly string[] {
  if (typeof value === 'string') return [toByteString(value)];
  if (!Array.isArray(value)) return [];
  return value.filter((entry) => typeof entry === 'string').map(toByteString);
}

function isObject(value: MatchedValue | undefined): value is { readonly [key: string]: MatchedValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN_MAX = 200;

/** `= "a"`, or that it is missing; tokens are left out, and what is long is cut. */
export function describeValue(value: MatchedValue | undefined): string {
  if (value === undefined) return 'is missing';
  const text = redactTokens(JSON.stringify(value));
  return `= ${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}`;
}
