import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { fromByteString, toByteString } from '../../core/match/index.ts';
import { escapedBytes, jsonText } from '../json-text.ts';
import type { FormatSource } from './format-source.ts';
import { type Found, type Operator, shorten } from './operator.ts';
import { compileOperator } from './operators.ts';
import { type FormatPiece, parseFormat } from './parse-format.ts';
import { compileTextFormat, type FormatRefusal, type TextFormat, textOf } from './text-format.ts';

/** What a member is; undefined: nothing, and it is left out where empty values are. */
type Member = (source: FormatSource) => string | undefined;

type Compiled = { member: Member } | { refusal: FormatRefusal };

/**
 * Compiles a format whose lines are JSON objects: keys sorted, values that are one operator keep their kind (Envoy:
 * substitution_formatter.cc, JsonFormatterImpl).
 */
export function compileJsonFormat(
  format: JsonObject,
  omitsEmpty: boolean,
): { format: TextFormat } | { refusal: FormatRefusal } {
  const compiled = compileObject(format, omitsEmpty);
  if ('refusal' in compiled) return compiled;
  return { format: { render: (source) => `${compiled.member(source) ?? '{}'}\n` } };
}

function compileValue(value: JsonValue, omitsEmpty: boolean): Compiled {
  if (typeof value === 'string') return compileString(value, omitsEmpty);
  if (Array.isArray(value)) return compileList(value, omitsEmpty);
  if (typeof value === 'object' && value !== null) return compileObject(value, omitsEmpty);
  if (value === null) return { member: () => undefined };
  const text = jsonText(value, 'metadata');
  return { member: () => text };
}

function compileObject(format: JsonObject, omitsEmpty: boolean): Compiled {
  const keys = Object.keys(format).sort((a, b) => (toByteString(a) < toByteString(b) ? -1 : 1));
  const members: { head: string; member: Member }[] = [];
  for (const key of keys) {
    const compiled = compileValue(format[key] as JsonValue, omitsEmpty);
    if ('refusal' in compiled) return compiled;
    members.push({ head: `${quote(toByteString(key))}:`, member: compiled.member });
  }
  return {
    member(source) {
      let text = '';
      for (const { head, member } of members) {
        const value = member(source) ?? (omitsEmpty ? undefined : 'null');
        if (value !== undefined) text += `${text === '' ? '' : ','}${head}${value}`;
      }
      return text === '' && omitsEmpty ? undefined : `{${text}}`;
    },
  };
}

function compileList(format: readonly JsonValue[], omitsEmpty: boolean): Compiled {
  const members: Member[] = [];
  for (const entry of format) {
    const compiled = compileValue(entry, omitsEmpty);
    if ('refusal' in compiled) return compiled;
    members.push(compiled.member);
  }
  return {
    member(source) {
      const values = members.map((member) => member(source) ?? (omitsEmpty ? undefined : 'null'));
      return `[${values.filter((value) => value !== undefined).join(',')}]`;
    },
  };
}

function compileString(text: string, omitsEmpty: boolean): Compiled {
  const pieces = parseFormat(text);
  const [only] = 'strayAt' in pieces ? [] : pieces;
  if (!('strayAt' in pieces) && pieces.length === 1 && only !== undefined && 'name' in only)
    return compileOnly(only);
  const compiled = compileTextFormat(text, omitsEmpty ? '' : '-', unquoted);
  if ('refusal' in compiled) return compiled;
  return { member: (source) => `"${compiled.format.render(source)}"` };
}

function compileOnly({
  name,
  argument,
  length,
  operator,
  at,
}: Extract<FormatPiece, { name: string }>): Compiled {
  const compiled = compileOperator(name, argument, length);
  if ('error' in compiled) return { refusal: { ...compiled, operator, at } };
  if (compiled.findWhole === undefined)
    return { member: (source) => typed(compiled.find(source), compiled, length) };
  const findWhole = compiled.findWhole.bind(compiled);
  return { member: (source) => typed(findWhole(source), compiled, undefined) };
}

/** Only a text is cut. */
function typed(value: Found, compiled: Operator, length: number | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return toByteString(jsonText(value, 'metadata'));
  return quote(shorten(textOf(value, compiled.isUnicode) as string, compiled, length));
}

/** A part of a text: whether it is UTF-8 says nothing of the others. */
const unquoted = (bytes: string) => quote(bytes).slice(1, -1);

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** A byte string in quotes: as UTF-8 if it is that, byte for byte escaped if not (Envoy: json_sanitizer.cc). */
function quote(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return JSON.stringify(bytes);
  try {
    UTF8.decode(Buffer.from(bytes, 'latin1'));
    return toByteString(JSON.stringify(fromByteString(bytes)));
  } catch {
    return escapedBytes(bytes);
  }
}
