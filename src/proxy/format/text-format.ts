import { toByteString } from '../../core/match/index.ts';
import { jsonText } from '../json-text.ts';
import type { FormatSource } from './format-source.ts';
import { type FormatError, type Found, type Operator, shorten } from './operator.ts';
import { compileOperator } from './operators.ts';
import { parseFormat } from './parse-format.ts';

/** A compiled format: literal text with `%OPERATOR(…)%` in it (Envoy: substitution formatter). */
export interface TextFormat {
  /** A byte string. */
  render(source: FormatSource): string;
}

/** Why a format cannot be compiled, and at which character. */
export interface FormatRefusal extends FormatError {
  /** As written. */
  operator: string;
  at: number;
}

type Operation = (source: FormatSource) => string;
type Part = string | Operation;

/**
 * Compiles a format.
 * @param absent what stands for what an operator does not find: nothing in headers, `-` in logs
 * @param spell is given each part, literal text too, before they are joined
 */
export function compileTextFormat(
  text: string,
  absent: '' | '-',
  spell: ((bytes: string) => string) | null = null,
): { format: TextFormat } | { refusal: FormatRefusal } {
  const pieces = parseFormat(text);
  if ('strayAt' in pieces) {
    const { strayAt: at } = pieces;
    const error = `incorrect configuration: couldn't find valid command at position ${at}`;
    return { refusal: { error, envoy: 'refuses', operator: '%', at } };
  }
  const parts: Part[] = [];
  for (const piece of pieces) {
    if ('text' in piece) {
      const literal = toByteString(piece.text);
      parts.push(spell === null ? literal : spell(literal));
      continue;
    }
    const compiled = compileOperator(piece.name, piece.argument, piece.length);
    if ('error' in compiled) return { refusal: { ...compiled, operator: piece.operator, at: piece.at } };
    const part = partOf(compiled, piece.length, absent);
    parts.push(spell === null ? part : (source) => spell(part(source)));
  }
  return { format: formatOf(parts) };
}

function partOf(operator: Operator, length: number | undefined, absent: string): Operation {
  return (source) => {
    const text = textOf(operator.find(source), operator.isUnicode);
    if (text === undefined) return absent;
    return shorten(text, operator, length);
  };
}

function formatOf(parts: readonly Part[]): TextFormat {
  const [only] = parts;
  if (parts.length === 0) return { render: () => '' };
  if (parts.length === 1 && typeof only === 'string') return { render: () => only };
  return {
    render(source) {
      let text = '';
      for (const part of parts) text += typeof part === 'string' ? part : part(source);
      return text;
    },
  };
}

/** A value in a text: text bare, anything else as JSON with sorted keys; undefined: nothing. */
export function textOf(value: Found, isUnicode: boolean): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return isUnicode ? toByteString(value) : value;
  return toByteString(jsonText(value, 'metadata'));
}
