import { lowerAscii, toByteString, toText } from '../match/index.ts';
import type { Evaluation, Operation } from './evaluation.ts';
import { type ExpressionValue, FAULT } from './expression-value.ts';
import { joinBytes, joinTexts } from './join-texts.ts';
import { placesOf, splitBy } from './text-search.ts';

/** `enable_string_functions`: CEL's extension of strings. Places count characters, not bytes. */
export const STRING_FUNCTIONS: Readonly<Record<string, Operation>> = {
  'lowerAscii/1': onText((text) => lowerAscii(text)),
  'upperAscii/1': onText((text) => text.replaceAll(/[a-z]+/g, (lower) => lower.toUpperCase())),
  'trim/1': onText((text) => text.replaceAll(AROUND, '')),
  'reverse/1': onText(reverse),
  'split/2': onText((text, by) => (typeof by === 'string' ? split(text, by, -1) : FAULT)),
  'split/3': onText((text, by, limit) =>
    typeof by === 'string' && typeof limit === 'bigint' ? split(text, by, Number(limit)) : FAULT,
  ),
  'join/1': join,
  'join/2': join,
  'replace/3': replace,
  'replace/4': replace,
  'charAt/2': onText((text, place) => {
    const characters = [...text];
    if (typeof place !== 'bigint' || place < 0n || place > characters.length) return FAULT;
    const found = characters[Number(place)] ?? '';
    return found.isWellFormed() ? found : '\ufffd';
  }),
  'substring/2': onText((text, start) => substring(text, start, undefined)),
  'substring/3': onText((text, start, end) =>
    typeof end === 'bigint' ? substring(text, start, end) : FAULT,
  ),
  'indexOf/2': onText((text, part) => find(text, part, 0n, 1)),
  'indexOf/3': onText((text, part, from) => find(text, part, from, 1)),
  'lastIndexOf/2': onText((text, part) => find(text, part, BigInt([...text].length), -1)),
  'lastIndexOf/3': onText((text, part, from) => find(text, part, from, -1)),
};

/** Blanks as Unicode has them. */
const BLANK = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const AROUND = new RegExp(`^${BLANK}+|(?<!${BLANK})${BLANK}+$`, 'g');

function onText(
  operation: (text: string, ...more: (ExpressionValue | undefined)[]) => ExpressionValue,
): Operation {
  return ([text, ...more]) => (typeof text === 'string' ? operation(text, ...more) : FAULT);
}

/** By characters, and where bytes make none, each with all that go on behind a first one (cel-cpp: strings.cc). */
function reverse(text: string): string {
  const units = toByteString(text).match(/[^\x80-\xbf][\x80-\xbf]*|[\x80-\xbf]+/g) ?? [];
  return toText(units.reverse().join(''));
}

/** Where `by` has a byte that makes no character, it may stand within one of the text. */
function partsOf(text: string, by: string): string[] {
  if (by.isWellFormed()) return splitBy(text, by);
  return splitBy(toByteString(text), toByteString(by)).map(toText);
}

/** Into no more than `limit` parts; below zero: into all. */
function split(text: string, by: string, limit: number): ExpressionValue {
  if (limit === 0) return [];
  const parts = by === '' && text !== '' ? [...text] : partsOf(text, by === '' ? ',' : by);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), joinBytes(parts.slice(limit - 1), by)];
}

function join([list, by = '']: readonly ExpressionValue[], evaluation: Evaluation): ExpressionValue {
  if (!Array.isArray(list) || typeof by !== 'string') return FAULT;
  return list.every((one: ExpressionValue) => typeof one === 'string')
    ? joinTexts(list, by, evaluation)
    : FAULT;
}

/** The nothing around each character can be replaced too. A `limit` below zero is none. */
function replace(
  [text, from, to, limit = -1n]: readonly ExpressionValue[],
  evaluation: Evaluation,
): ExpressionValue {
  if (typeof text !== 'string' || typeof from !== 'string' || typeof to !== 'string') return FAULT;
  if (typeof limit !== 'bigint') return FAULT;
  const parts = from === '' ? ['', ...text, ''] : partsOf(text, from);
  if (limit < 0n || parts.length - 1 <= limit) return joinTexts(parts, to, evaluation);
  const last = Number(limit);
  return joinTexts([...parts.slice(0, last), parts.slice(last).join(from)], to, evaluation);
}

function substring(
  text: string,
  start: ExpressionValue | undefined,
  end: bigint | undefined,
): ExpressionValue {
  const characters = [...text];
  const stop = end ?? BigInt(characters.length);
  // cel-cpp does not find an end that is the text's own, unless nothing is before it.
  if (end !== undefined && Number(end) === characters.length && start !== end) return FAULT;
  if (typeof start !== 'bigint' || start < 0n || stop > characters.length || start > stop) return FAULT;
  return characters.slice(Number(start), Number(stop)).join('');
}

function find(
  text: string,
  part: ExpressionValue | undefined,
  from: ExpressionValue | undefined,
  step: 1 | -1,
): ExpressionValue {
  if (typeof part !== 'string' || typeof from !== 'bigint') return FAULT;
  const characters = [...text];
  if (from < 0n || from > characters.length) return FAULT;
  if (part === '') return from;
  const places = part.isWellFormed() ? placesOf([...part], characters) : placesOfBytes(part, characters);
  const found = step > 0 ? places.find((place) => place >= from) : places.findLast((place) => place <= from);
  return BigInt(found ?? -1);
}

/** At which characters a text of bytes begins; it may end within one. */
function placesOfBytes(part: string, characters: readonly string[]): number[] {
  const spelled = characters.map(toByteString);
  const places = new Set(placesOf(toByteString(part), spelled.join('')));
  let at = 0;
  return spelled.flatMap((bytes, index) => {
    const isThere = places.has(at);
    at += bytes.length;
    return isThere ? [index] : [];
  });
}
