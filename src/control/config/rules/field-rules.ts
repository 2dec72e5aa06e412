import type { DescField } from '@bufbuild/protobuf';
import type { Duration } from '@bufbuild/protobuf/wkt';
import { rulesOf } from '#schema/registry.js';
import { parseDuration, type SecondsNanos } from '../decode/decode-duration.ts';
import { nanosOf, renderNanos } from './duration-text.ts';
import { type Bounds, outOfBounds } from './number-range.ts';
import type { EnumRules, FieldRules, RepeatedRules } from './rules-json.ts';
import { stringFault } from './string-rules.ts';

/** The `validate.rules` option of a field. */
export const fieldRules = (field: DescField): FieldRules | undefined => rulesOf(field);

/** True when the field may not be left out, by whichever of the three rules that say so. */
export const isRequired = ({ message, duration, any }: FieldRules): boolean =>
  [message, duration, any].some((rule) => rule?.required === true);

/** The first rule that the value breaks, in the words of Envoy's validator. */
export function valueFault(field: DescField, value: unknown, rules: FieldRules): string | undefined {
  if (rules.string) return stringFault(value as string, rules.string);
  if (rules.bool) return rules.bool.const === value ? undefined : `value must equal ${rules.bool.const}`;
  if (rules.enum) return enumFault(field, value as number, rules.enum);
  if (rules.duration)
    return outOfBounds(nanosOf(value as Duration), mapBounds(rules.duration, nanosIn), renderNanos);
  if (rules.bytes) return bytesFault(value as Uint8Array, rules.bytes);
  if (rules.repeated) return listFault(field, value as unknown[], rules.repeated);
  if (rules.map) return mapFault(field, value as Record<string, unknown>, rules.map);
  if (rules.uint64) return outOfBounds(value as bigint, mapBounds(rules.uint64, BigInt), String);
  const bounds = rules.uint32 ?? rules.double;
  return bounds && outOfBounds(value as number, bounds, String);
}

function enumFault(field: DescField, value: number, rules: EnumRules): string | undefined {
  const defined = field.enum?.value[value];
  if (rules.definedOnly && defined === undefined) return 'value must be one of the defined enum values';
  if (!rules.notIn?.includes(value)) return undefined;
  return `value must not be in list [${rules.notIn.map((number) => field.enum?.value[number]?.name ?? number).join(' ')}]`;
}

function bytesFault({ length }: Uint8Array, { minLen, maxLen }: NonNullable<FieldRules['bytes']>) {
  if (minLen !== undefined && length < Number(minLen)) return `value length must be at least ${minLen} bytes`;
  if (maxLen !== undefined && length > Number(maxLen)) return `value length must be at most ${maxLen} bytes`;
  return undefined;
}

function listFault(field: DescField, items: unknown[], rules: RepeatedRules): string | undefined {
  const { minItems, maxItems, items: inner } = rules;
  if (minItems !== undefined && items.length < Number(minItems))
    return `value must contain at least ${minItems} item(s)`;
  if (maxItems !== undefined && items.length > Number(maxItems))
    return `value must contain no more than ${maxItems} item(s)`;
  if (rules.unique && new Set(items).size < items.length) return 'repeated value must contain unique items';
  if (inner === undefined) return undefined;
  for (const item of items) {
    const fault = valueFault(field, item, inner);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function mapFault(
  field: DescField,
  value: Record<string, unknown>,
  { minPairs, keys }: NonNullable<FieldRules['map']>,
): string | undefined {
  const names = Object.keys(value);
  if (minPairs !== undefined && names.length < Number(minPairs))
    return `value must contain at least ${minPairs} pair(s)`;
  if (keys === undefined) return undefined;
  return names.map((name) => valueFault(field, name, keys)).find((fault) => fault !== undefined);
}

/** Bounds that are written as text. */
function mapBounds(rules: Bounds<string>, parse: (text: string) => bigint): Bounds<bigint> {
  const read = (bound: string | undefined) => (bound === undefined ? undefined : parse(bound));
  return { gt: read(rules.gt), gte: read(rules.gte), lt: read(rules.lt), lte: read(rules.lte) };
}

/** The schema's own durations are well-formed. */
const nanosIn = (text: string) => nanosOf(parseDuration(text) as SecondsNanos);
