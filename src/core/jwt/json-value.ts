/** JSON as RFC 8259 has it. Objects come from outside: read members with `memberOf`, never by bare index. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** An object of JSON: whatever names its sender chose. */
export interface JsonObject {
  [name: string]: JsonValue;
}

/** A member of the object's own: `constructor` or `__proto__` are plain names here. */
export function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether it is an object: neither null nor a list. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's own member, or `otherwise` when it has none. JSON's `null` is a member like any other. */
export function memberOr<T>(object: JsonObject, name: string, otherwise: T): JsonValue | T {
  return Object.hasOwn(object, name) ? (object[name] as JsonValue) : otherwise;
}

/** An object or array counts as 1; Envoy takes 100 levels and not 101. */
export const JSON_DEPTH_MAX = 100;

/** A text of JSON that was taken. */
export interface ParsedJson {
  readonly value: JsonValue;
  /** RFC 8259 to the letter. False: only Envoy's lenient reader takes it. */
  readonly strict: boolean;
}
