import type { JsonObject } from './case.ts';

/** CEL's syntax tree in JSON, by its parts. */
export const text = (value: string): JsonObject => ({ const_expr: { string_value: value } });
export const truth = (value: boolean): JsonObject => ({ const_expr: { bool_value: value } });
export const whole = (value: number | string): JsonObject => ({ const_expr: { int64_value: String(value) } });
export const positive = (value: number | string): JsonObject => ({
  const_expr: { uint64_value: String(value) },
});
export const real = (value: number): JsonObject => ({ const_expr: { double_value: value } });
/** @param value one byte for each character */
export const bytes = (value: string): JsonObject => ({
  const_expr: { bytes_value: Buffer.from(value, 'latin1').toString('base64') },
});
export const nothing: JsonObject = { const_expr: { null_value: 'NULL_VALUE' } };
export const named = (name: string): JsonObject => ({ ident_expr: { name } });
export const list = (elements: JsonObject[]): JsonObject => ({ list_expr: { elements } });
export const map = (pairs: readonly (readonly [key: JsonObject, value: JsonObject])[]): JsonObject => ({
  struct_expr: {
    entries: pairs.map(([map_key, value], index) => ({ id: String(index + 1), map_key, value })),
  },
});
export const call = (name: string, ...args: JsonObject[]): JsonObject => ({
  call_expr: { function: name, args },
});
export const method = (target: JsonObject, name: string, ...args: JsonObject[]): JsonObject => ({
  call_expr: { target, function: name, args },
});
export const member = (operand: JsonObject, field: string, testOnly = false): JsonObject => ({
  select_expr: { operand, field, ...(testOnly ? { test_only: true } : {}) },
});
export const at = (value: JsonObject, key: string) => call('_[_]', value, text(key));
