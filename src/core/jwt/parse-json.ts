import { JSON_DEPTH_MAX, type JsonObject, type JsonValue, type ParsedJson } from './json-value.ts';
import { parseLenientJson } from './parse-lenient-json.ts';

/**
 * JSON text in UTF-8: no byte-order mark, no lone surrogates, no member name twice in an object, at most 100 levels, every number
 * finite (I-JSON, RFC 7493). Tells apart what only Envoy's lenient reader takes.
 * @returns null for what Envoy refuses too.
 */
export function parseJson(bytes: Buffer): ParsedJson | null {
  const text = decodeUtf8(bytes);
  return text === null ? null : parseJsonText(text);
}

/** The same for text that is decoded already. */
export function parseJsonText(text: string): ParsedJson | null {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return parseLenientJson(text);
  }
  const members = countWrittenMembers(text);
  if (members < 0) return null;
  const kept = countKeptMembers(value, text.includes('\\u'));
  return members === kept ? { value, strict: true } : null;
}

/** null when the bytes are not UTF-8. The replacement character is looked at again only if it turns up. */
export function decodeUtf8(bytes: Buffer): string | null {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? null : text;
}

/** Colons outside strings of a text that is JSON, so its members; -1 when it is nested too deep. */
function countWrittenMembers(text: string): number {
  let members = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at);
    else if (code === 58) members++;
    else if (code === 123 || code === 91) {
      if (++depth > JSON_DEPTH_MAX) return -1;
    } else if (code === 125 || code === 93) depth--;
  }
  return members;
}

/** Place of the quote that closes the string which opens at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charCodeAt(start - 1) === 92) start--;
  return ((at - start) & 1) === 1;
}

/** Members of all objects in the value: fewer than were written means a name stood twice. -1 for a value that is not I-JSON. */
function countKeptMembers(value: JsonValue, hasEscapes: boolean): number {
  if (typeof value === 'string') return hasEscapes && !value.isWellFormed() ? -1 : 0;
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : -1;
  if (typeof value !== 'object' || value === null) return 0;
  return Array.isArray(value) ? countInArray(value, hasEscapes) : countInObject(value, hasEscapes);
}

function countInArray(values: JsonValue[], hasEscapes: boolean): number {
  let total = 0;
  for (const value of values) {
    const members = countKeptMembers(value, hasEscapes);
    if (members < 0) return -1;
    total += members;
  }
  return total;
}

function countInObject(object: JsonObject, hasEscapes: boolean): number {
  let total = 0;
  for (const name in object) {
    if (hasEscapes && !name.isWellFormed()) return -1;
    const members = countKeptMembers(object[name] as JsonValue, hasEscapes);
    if (members < 0) return -1;
    total += members + 1;
  }
  return total;
}
