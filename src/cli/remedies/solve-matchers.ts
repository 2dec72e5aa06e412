import type {
  HeaderMatcher,
  QueryParameterMatcher,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { MetadataMatcher } from '#schema/envoy/type/matcher/v3/metadata_pb.js';
import type { StringMatcher } from '#schema/envoy/type/matcher/v3/string_pb.js';
import type { ValueMatcher } from '#schema/envoy/type/matcher/v3/value_pb.js';
import { isJsonObject, type JsonObject, type JsonValue, memberOf } from '../../core/jwt/index.ts';
import {
  compileHeaderMatcher,
  compileMetadataMatcher,
  compileQueryParameterMatcher,
  compileStringMatcher,
  toByteString,
} from '../../core/match/index.ts';
import { atomsOfHeader, atomsOfString, candidatesFor } from '../policy-diff/text-atom.ts';
import { type Alternative, type Constraint, constant, type Slot, type SlotValue } from './constraint.ts';

const silent = () => undefined;
const textOf = (value: SlotValue): string | undefined =>
  typeof value === 'string' ? toByteString(value) : undefined;

/** A text of the request that a StringMatcher looks at. */
export function stringAlternatives(slot: Slot, config: StringMatcher, want: boolean): Alternative[] {
  const matcher = compileStringMatcher(config, silent);
  if (matcher === null) return constant(true);
  if (takesEverything(config)) return constant(want);
  const test = (value: SlotValue) => matcher.matches(textOf(value) ?? '') === want;
  return [[{ slot, test, atoms: atomsOfString(config) }]];
}

function takesEverything({ matchPattern: pattern }: StringMatcher): boolean {
  if (pattern.case === 'safeRegex') return pattern.value.regex === '.*';
  return pattern.case !== 'exact' && pattern.value === '';
}

const PSEUDO: Readonly<Record<string, Slot['kind']>> = {
  ':path': 'target',
  ':method': 'method',
  ':authority': 'host',
  host: 'host',
  ':scheme': 'scheme',
};

/** A header, or the part of a request behind a pseudo-header's name. */
export function slotOfHeader(name: string): Slot {
  const lower = name.toLowerCase();
  const kind = PSEUDO[lower];
  return kind === undefined ? { kind: 'header', name: lower } : ({ kind } as Slot);
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'QUERY'];

export function headerAlternatives(config: HeaderMatcher, want: boolean): Alternative[] {
  const matcher = compileHeaderMatcher(config, silent);
  if (matcher === null) return constant(true);
  const name = config.name.toLowerCase();
  const slot = slotOfHeader(name);
  const { headerMatchSpecifier: specifier, invertMatch } = config;
  const isAlways =
    slot.kind !== 'header' && specifier.case === 'stringMatch' && takesEverything(specifier.value);
  if (isAlways) return constant(want !== invertMatch);
  const constraint: Constraint = {
    slot,
    test: (value) => matcher.matches(requestWith(name, textOf(value)), null) === want,
    atoms: atomsOfHeader(config),
    candidates: () => (slot.kind === 'method' ? METHODS : rangeSamples(config)),
  };
  return [[constraint]];
}

function rangeSamples({ headerMatchSpecifier: specifier }: HeaderMatcher): SlotValue[] {
  return specifier.case === 'rangeMatch' ? [String(specifier.value.start)] : ['1'];
}

function requestWith(name: string, value: string | undefined) {
  const text = value ?? '';
  const headers = { names: value === undefined ? [] : [name], values: value === undefined ? [] : [value] };
  return { method: text, scheme: text, authority: text, path: text, headers };
}

export function parameterAlternatives(config: QueryParameterMatcher, want: boolean): Alternative[] {
  const matcher = compileQueryParameterMatcher(config, silent);
  if (matcher === null) return constant(true);
  const { name, queryParameterMatchSpecifier: specifier } = config;
  const constraint: Constraint = {
    slot: { kind: 'parameter', name },
    test: (value) => matcher.matches(value === undefined ? '/' : `/?${name}=${textOf(value)}`, null) === want,
    atoms: specifier.case === 'stringMatch' ? atomsOfString(specifier.value) : [],
  };
  return [[constraint]];
}

/** Who writes metadata. */
export interface MetadataWriters {
  /** Keys that some provider writes payloads to. */
  payloadKeys: ReadonlySet<string>;
  /** Something besides payloads may be written there. */
  mayBeWritten(namespace: string, key: string): boolean;
}

const JWT = 'envoy.filters.http.jwt_authn';

/** A claim of a token, or what no client has a say in. */
export function metadataAlternatives(
  config: MetadataMatcher,
  want: boolean,
  { payloadKeys, mayBeWritten }: MetadataWriters,
): Alternative[] {
  const matcher = compileMetadataMatcher(config, silent);
  if (matcher === null) return constant(true);
  const [payloadKey = '', claim, ...inner] = config.path.map(({ segment }) =>
    segment.case === 'key' ? segment.value : '',
  );
  if (config.filter !== JWT || !payloadKeys.has(payloadKey)) {
    return constant(mayBeWritten(config.filter, payloadKey) || matcher.matches(null, null) === want);
  }
  const holds = (payload: JsonObject | undefined) => {
    const entries = payload === undefined ? new Map() : new Map([[payloadKey, payload]]);
    return matcher.matches(new Map([[JWT, entries]]), null) === want;
  };
  if (claim === undefined) return constant(true);
  const slot = { kind: 'claim' as const, payloadKey, claim };
  const constraint: Constraint = {
    slot,
    test: (value) => holds(value === undefined ? {} : { [claim]: value }),
    atoms: [],
    candidates: (now) =>
      (config.value === undefined ? [] : valueSamples(config.value, valueAt(now, inner))).map((value) =>
        setAt(now, inner, value),
      ),
  };
  return [[constraint]];
}

function valueAt(value: SlotValue, path: readonly string[]): SlotValue {
  return path.reduce<SlotValue>(
    (inner, key) => (isJsonObject(inner) ? memberOf(inner, key) : undefined),
    value,
  );
}

function setAt(value: SlotValue, [key, ...rest]: readonly string[], inner: SlotValue): SlotValue {
  if (key === undefined) return inner;
  const object = isJsonObject(value) ? value : {};
  const set = setAt(memberOf(object, key), rest, inner);
  if (set !== undefined) return { ...object, [key]: set };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

/** Values that the matcher takes and values that it does not; those that leave what is there come first. */
function valueSamples({ matchPattern: pattern }: ValueMatcher, now: SlotValue): SlotValue[] {
  switch (pattern.case) {
    case 'stringMatch':
      return [...added(pattern.value, now), ...textSamples(pattern.value)];
    case 'boolMatch':
      return [pattern.value, !pattern.value];
    case 'doubleMatch':
      return numberSamples(pattern.value.matchPattern);
    case 'nullMatch':
      return [null, 'x'];
    case 'presentMatch':
      return ['x'];
    case 'listMatch': {
      const inner = pattern.value.matchPattern;
      const members = inner.case === 'oneOf' ? valueSamples(inner.value, undefined) : [];
      const before = Array.isArray(now) ? now : [];
      const lists = members.flatMap((member): JsonValue[] =>
        member === undefined ? [] : before.length === 0 ? [[member]] : [[...before, member], [member]],
      );
      return [...lists, []];
    }
    case 'orMatch':
      return pattern.value.valueMatchers.flatMap((member) => valueSamples(member, now));
    case undefined:
      return [];
  }
}

type NumberPattern = Extract<ValueMatcher['matchPattern'], { case: 'doubleMatch' }>['value']['matchPattern'];

function numberSamples(pattern: NumberPattern): SlotValue[] {
  if (pattern.case === 'exact') return [pattern.value, pattern.value + 1];
  if (pattern.case === 'range') return [pattern.value.start, pattern.value.end];
  return [];
}

/** A scope is a list of words: one more leaves the others. */
function added({ matchPattern: pattern }: StringMatcher, now: SlotValue): SlotValue[] {
  const isPart = pattern.case === 'contains' || pattern.case === 'suffix';
  return isPart && typeof now === 'string' && now !== '' ? [`${now} ${pattern.value}`] : [];
}

const samples = new WeakMap<StringMatcher, readonly string[]>();

/** Those that it takes come first. They are asked for anew with each value that a claim could have. */
function textSamples(config: StringMatcher): readonly string[] {
  let texts = samples.get(config);
  if (texts === undefined) {
    texts = sampleTexts(config);
    samples.set(config, texts);
  }
  return texts;
}

function sampleTexts(config: StringMatcher): string[] {
  const matcher = compileStringMatcher(config, silent);
  const all = candidatesFor(atomsOfString(config));
  const fits = (text: string) => matcher?.matches(toByteString(text)) === true;
  return [...all.filter(fits), ...all.filter((text) => !fits(text))];
}
