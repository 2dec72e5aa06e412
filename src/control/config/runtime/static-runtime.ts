import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { FractionalPercent_DenominatorType as Denominator } from '#schema/envoy/type/v3/percent_pb.js';

/** What the runtime says under one key, for each who may ask. undefined: nothing, and their default holds. */
export interface RuntimeEntry {
  /** Whole and not negative. */
  number?: number;
  flag?: boolean;
  fraction?: { numerator: number; denominator: Denominator };
}

/** A uint32 holds no more. */
const NUMBER_MAX = 0xffff_ffff;

/** The static layers of `layered_runtime` by key: of several layers the last that has a key, whatever it says (Envoy: runtime_impl.cc). */
export function staticRuntimeOf({ layeredRuntime }: Bootstrap): Map<string, RuntimeEntry> {
  const entries = new Map<string, RuntimeEntry>();
  for (const { layerSpecifier: layer } of layeredRuntime?.layers ?? []) {
    if (layer.case === 'staticLayer') readGroup(layer.value, '', entries);
  }
  return entries;
}

/** Names are joined by points, however deep they stand. */
function readGroup(group: JsonObject, outer: string, entries: Map<string, RuntimeEntry>): void {
  for (const [name, value] of Object.entries(group)) {
    const key = outer === '' ? name : `${outer}.${name}`;
    if (!isObject(value)) entries.set(key, entryOf(value));
    else if (isFraction(value)) entries.set(key, fractionEntry(value));
    else readGroup(value, key, entries);
  }
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Such a group is a value, even where it is no fraction in the end. */
export const isFraction = (value: JsonObject): boolean =>
  Object.hasOwn(value, 'numerator') || Object.hasOwn(value, 'denominator');

/** A text counts as the number that it is; `true` is no number, and as a text no flag. */
function entryOf(value: JsonValue): RuntimeEntry {
  if (typeof value === 'boolean') return { flag: value };
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return {};
  const said = Number(value);
  return {
    ...(said >= 0 ? { number: Math.min(Math.trunc(said), NUMBER_MAX) } : {}),
    ...(isFlag(said) ? { flag: said !== 0 } : {}),
  };
}

/** A whole number of 31 bits and its sign, but for the largest. */
const isFlag = (said: number): boolean => Number.isInteger(said) && said >= -(2 ** 31) && said < 2 ** 31 - 1;

const DENOMINATORS: ReadonlyMap<unknown, Denominator> = new Map([
  ['HUNDRED', Denominator.HUNDRED],
  ['TEN_THOUSAND', Denominator.TEN_THOUSAND],
  ['MILLION', Denominator.MILLION],
]);

/** What has other members, or a denominator without a name, says nothing; a numerator that is no whole number of 32 bits is 0. */
function fractionEntry(value: JsonObject): RuntimeEntry {
  const { numerator = 0, denominator = 'HUNDRED', ...others } = value;
  const size = DENOMINATORS.get(denominator);
  if (size === undefined || Object.keys(others).length > 0) return {};
  // A negative number becomes a very large one.
  const number = typeof numerator === 'number' && numerator === (numerator | 0) ? numerator >>> 0 : 0;
  return { fraction: { numerator: number, denominator: size } };
}
