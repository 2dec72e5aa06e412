/** Syntax trees of CEL, as configurations write them. */
export const text = (string_value: string) => ({ const_expr: { string_value } });
export const int = (value: number | string) => ({ const_expr: { int64_value: String(value) } });
export const uint = (value: number | string) => ({ const_expr: { uint64_value: String(value) } });
export const double = (double_value: number | string) => ({ const_expr: { double_value } });
export const bytes = (value: string) => ({
  const_expr: { bytes_value: Buffer.from(value).toString('base64') },
});
export const bool = (bool_value: boolean) => ({ const_expr: { bool_value } });
export const nothing = { const_expr: { null_value: 'NULL_VALUE' } };
export const id = (name: string) => ({ ident_expr: { name } });
export const select = (operand: object, field: string) => ({ select_expr: { operand, field } });
export const has = (operand: object, field: string) => ({ select_expr: { operand, field, test_only: true } });
export const call = (name: string, ...args: object[]) => ({ call_expr: { function: name, args } });
export const on = (target: object, name: string, ...args: object[]) => ({
  call_expr: { target, function: name, args },
});
export const list = (...elements: object[]) => ({ list_expr: { elements } });
export const map = (...entries: (readonly [key: object, value: object])[]) => ({
  struct_expr: { entries: entries.map(([map_key, value], index) => ({ id: index + 1, map_key, value })) },
});
export const is = (a: object, b: object) => call('_==_', a, b);
export const at = (a: object, b: object) => call('_[_]', a, b);
