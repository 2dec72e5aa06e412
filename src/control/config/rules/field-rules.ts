import { type DescField, fromJson } from '@bufbuild/protobuf';
import type { Duration } from '@bufbuild/protobuf/wkt';
import { rulesOf } from '#schema/registry.js';
import {
  type EnumRules,
  type FieldRules,
  FieldRulesSchema,
  type RepeatedRules,
} from '#schema/validate/validate_pb.js';
import { nanosOf, renderNanos } from './duration-text.ts';
import { type Bounds, outOfBounds } from './number-range.ts';
import { stringFault } from './string-rules.ts';

/** The `validate.rules` option of a field. */
export function fieldRules(field: DescField): FieldRules | undefined {
  const rules = rulesOf(field);
  return rules === undefined ? undefined : fromJson(FieldRulesSchema, rules);
}

/** True when the field may not be left out, by whichever of the three rules that say so. */
export function isRequired(rules: FieldRules): boolean {
  const { type, message } = rules;
  return (
    message?.required === true || ((type.case === 'duration' || type.case === 'any') && type.value.required)
  );
}

/** The first rule that the value breaks, in the words of Envoy's validator. */
export function valueFault(field: DescField, value: unknown, rules: FieldRules): string | undefined {
  const { type } = rules;
  switch (type.case) {
    case 'string':
      return stringFault(value as string, type.value);
    case 'bool':
      return type.value.const === value ? undefined : `value must equal ${type.value.const}`;
    case 'enum':
      return enumFault(field, value as number, type.value);
    case 'duration':
      return outOfBounds(nanosOf(value as Duration), nanoBounds(type.value), renderNanos);
    case 'bytes':
      return bytesFault(value as Uint8Array, type.value.minLen, type.value.maxLen);
    case 'repeated':
      return listFault(field, value as unknown[], type.value);
    case 'map':
      return mapFault(field, value as Record<string, unknown>, rules);
    case 'any':
    case undefined:
      return undefined;
    default:
      return outOfBounds(value as number, explicitBounds(type.value as Bounds<number>), String);
  }
}

function enumFault(field: DescField, value: number, rules: EnumRules): string | undefined {
  const defined = field.enum?.value[value];
  if (rules.definedOnly && defined === undefined) return 'value must be one of the defined enum values';
  if (!rules.notIn.includes(value)) return undefined;
  return `value must not be in list [${rules.notIn.map((number) => field.enum?.value[number]?.name ?? number).join(' ')}]`;
}

function bytesFault(value: Uint8Array, minLen: bigint, maxLen: bigint): string | undefined {
  if (value.length < minLen) return `value length must be at least ${minLen} bytes`;
  return maxLen !== 0n && value.length > maxLen ? `value length must be at most ${maxLen} bytes` : undefined;
}

function listFault(field: DescField, items: unknown[], rules: RepeatedRules): string | undefined {
  if (items.length < rules.minItems) return `value must contain at least ${rules.minItems} item(s)`;
  if (rules.maxItems !== 0n && items.length > rules.maxItems)
    return `value must contain no more than ${rules.maxItems} item(s)`;
  if (rules.unique && new Set(items).size < items.length) return 'repeated value must contain unique items';
  const inner = rules.items;
  if (inner === undefined) return undefined;
  for (const item of items) {
    const fault = valueFault(field, item, inner);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function mapFault(field: DescField, value: Record<string, unknown>, rules: FieldRules): string | undefined {
  if (rules.type.case !== 'map') return undefined;
  const { minPairs, keys } = rules.type.value;
  const names = Object.keys(value);
  if (names.length < minPairs) return `value must contain at least ${minPairs} pair(s)`;
  if (keys === undefined) return undefined;
  return names.map((name) => valueFault(field, name, keys)).find((fault) => fault !== undefined);
}

/** Unset proto2 bounds are on the prototype as zero; only own ones count. */
function explicitBounds<T>(rules: Bounds<T>): Bounds<T> {
  const own = (name: keyof Bounds<T>) => (Object.hasOwn(rules, name) ? rules[name] : undefined);
  return { gt: own('gt'), gte: own('gte'), lt: own('lt'), lte: own('lte') };
}

function nanoBounds(rules: Bounds<Duration>): Bounds<bigint> {
  const nanos = (bound: Duration | undefined) => (bound === undefined ? undefined : nanosOf(bound));
  return { gt: nanos(rules.gt), gte: nanos(rules.gte), lt: nanos(rules.lt), lte: nanos(rules.lte) };
}
