import type { RE2JS } from 're2js';
import { flattenedSize, type Instruction } from './flat-program.ts';

/** How large RE2's program of an expression is, as Envoy measures it. */
export interface ProgramSize {
  instructions: number;
  /** Whether RE2 could come to another number: it rewrites some expressions that this does not follow. */
  isExact: boolean;
}

/** An instruction of the engine's, whose programs are laid out as Go's. */
interface EngineInstruction {
  op: number;
  out: number;
  arg: number;
  runes: ArrayLike<number>;
}

const ALT = 1;
const CAPTURE = 3;
const EMPTY_WIDTH = 4;
const FAIL = 5;
const MATCH = 6;
const NOP = 7;
const BEGIN_TEXT = 4;
const END_TEXT = 8;

/**
 * The size of the program that RE2 makes of an expression (RE2: compile.cc, prog.cc), from the engine's own program: the two compilers do
 * the same up to anchors, character classes and the last form of the program, in which alternatives are lists.
 * @param pattern of bytes: as a byte string
 * @param program what the engine made of it
 */
export function measureProgram(pattern: string, program: RE2JS, of: 'bytes' | 'text'): ProgramSize {
  const { inst, start } = program.re2().prog as { inst: readonly EngineInstruction[]; start: number };
  const draft = translate(inst, start, of);
  const prefix = requiredPrefix(pattern);
  if (prefix.length > 0) skipPrefix(draft, prefix.length);
  const isAnchored = stripBegin(draft);
  stripEnd(draft);
  const { wide } = draft;
  return {
    instructions: flattenedSize({ ...draft, isAnchored }) + wide * WIDE_MOST,
    isExact: prefix.isExact && wide === 0 && !isRewritten(pattern, draft.instructions),
  };
}

/** What one range of characters beyond ASCII can need, about. */
const WIDE_MOST = 40;

const ATOM = String.raw`(?:\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[^\\()[\]|*+?])`;
const REPEATED = String.raw`(?:[*+?]|\{\d+(?:,\d*)?\})\??`;
/** Things that are alike beside each other, the first of them repeated: `a*a+`. */
const ALIKE = new RegExp(`(${ATOM})${REPEATED}\\1`);
/** A repetition of nothing but a repetition: `(?:a?)*`. */
const NESTED = new RegExp(`\\(\\?[a-z]*:${ATOM}${REPEATED}\\)[*+?{]|\\)[*+?]\\??\\)[*+?{]`);
/** Alternatives that begin with what is no character. */
const BEGINNINGS = /\|(?:\(\?:)*(?:\^|\$|\\[AbBz])/;

/** Letters' cases beyond ASCII, of which RE2 knows none over bytes. */
const FOLDED = /\(\?[a-z]*i[\s\S]*(?:[\x80-\xff]|\\[xpP0-7])|[\x80-\xff]\]|\[[^\]]*\\[x0-7]/;

const TOKEN =
  /(\((?:\?(?:P?<\w+>|[a-zA-Z-]*:))?)|(\))|(\|)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]|[\s\S]/g;
const SINGLE = /^(?:\\[^AbBzQ]|\[|[^\\*+?^$(])$/;

/** The alternatives of each group, and last those of the whole, each as its parts; a group in a group is `(`. */
function alternationsOf(bytes: string): string[][][] {
  const done: string[][][] = [];
  const open: string[][][] = [[[]]];
  for (const [token, opens, closes, bar] of bytes.matchAll(TOKEN)) {
    const group = open.at(-1) as string[][];
    if (opens !== undefined) open.push([[]]);
    else if (bar !== undefined) group.push([]);
    else if (closes === undefined) group.at(-1)?.push(token.startsWith('[') ? '[' : token);
    else if (open.length > 1) {
      done.push(open.pop() as string[][]);
      open.at(-1)?.at(-1)?.push('(');
    }
  }
  return [...done, ...open];
}

/** The engine makes one class of single characters beside each other before it looks for common beginnings, RE2 after that. */
function isMerged(alternatives: readonly (readonly string[])[]): boolean {
  const isSingle = alternatives.map((parts) => parts.length === 1 && SINGLE.test(parts[0] as string));
  const singles = alternatives.filter((_, index) => isSingle[index]).map(([part]) => part);
  const texts = alternatives.map((parts) => parts.join('')).filter((text) => !/^[[(]$/.test(text));
  if (new Set(texts).size < texts.length) return true;
  if (!isSingle.includes(false) || !isSingle.some((single, index) => single && isSingle[index + 1]))
    return false;
  const isAny = singles.some((one) => one === undefined || !/^\w$|^\\\W$/.test(one));
  return (
    isAny ||
    alternatives.some(
      ([first = '('], index) => !isSingle[index] && (first === '[' || singles.includes(first)),
    )
  );
}

/** Flags that change on the way. */
const MOVED = /[\s\S]\(\?[a-zA-Z]*i|^\(\?[a-zA-Z]*i[a-zA-Z]*:/;
/** Groups without characters, and the ends of the text inside of groups. */
const NOTHING = /\((?:\?:|\?P<\w+>)?(?:\^|\\A)|\$\)\)|(?:\\[AbBz]|[(^$]|\(\?:)\)[*+?{]|\(\?:\)|\|\)[*+?{]/;

/** What RE2 makes simpler before it compiles it, and the engine does not. */
function isRewritten(bytes: string, instructions: readonly Instruction[]): boolean {
  const flat = bytes.replaceAll(/\(\?:|\)|\\(?=[^\w.+*?()|[\]{}^$\\])/g, '');
  if (ALIKE.test(flat) || [NESTED, BEGINNINGS, FOLDED, MOVED, NOTHING].some((one) => one.test(bytes)))
    return true;
  if (alternationsOf(bytes).some(isMerged)) return true;
  return instructions.some(({ op }, id) => id > 0 && op === 'fail');
}

interface Draft {
  instructions: Instruction[];
  start: number;
  /** Ranges of text beyond ASCII that were left out. */
  wide: number;
}

function translate(inst: readonly EngineInstruction[], start: number, of: 'bytes' | 'text'): Draft {
  const draft: Draft = { instructions: inst.map(() => ({ op: 'fail' })), start, wide: 0 };
  for (const [id, one] of inst.entries()) draft.instructions[id] = translateOne(one, draft, of);
  return draft;
}

function translateOne(
  { op, out, arg, runes }: EngineInstruction,
  draft: Draft,
  of: 'bytes' | 'text',
): Instruction {
  switch (op) {
    case ALT:
      return { op: 'alt', out, out1: arg };
    case CAPTURE:
      return { op: 'capture', out };
    case EMPTY_WIDTH:
      return { op: arg === BEGIN_TEXT ? 'begin' : arg === END_TEXT ? 'end' : 'width', out };
    case FAIL:
      return { op: 'fail' };
    case MATCH:
      return { op: 'match' };
    case NOP:
      return { op: 'nop', out };
    default:
      return alternatives(startsOf(runes, out, draft, of), draft.instructions);
  }
}

function alternatives([first, ...rest]: readonly Instruction[], instructions: Instruction[]): Instruction {
  let all: Instruction = first ?? { op: 'fail' };
  for (const one of rest)
    all = { op: 'alt', out: instructions.push(all) - 1, out1: instructions.push(one) - 1 };
  return all;
}

/** What a character of a class can begin with. */
function startsOf(runes: ArrayLike<number>, out: number, draft: Draft, of: 'bytes' | 'text'): Instruction[] {
  const max = of === 'bytes' ? 0xff : 0x7f;
  const ranges = rangesOf(runes);
  const starts = foldedRanges(ranges, max).map(
    ([low, high]): Instruction => ({ op: 'byte', out, low, high }),
  );
  if (of === 'bytes') return starts;
  const [low, high] = ranges.at(-1) ?? [0, 0];
  const isRest = low <= 0x80 && high === 0x10ffff;
  const wide = ranges.filter((range) => range[1] > max).length - (isRest ? 1 : 0);
  draft.wide += wide;
  if (isRest) starts.push(...restOfUnicode(out, draft.instructions));
  return wide > 0 && starts.length === 0 ? [{ op: 'byte', out, low: 0x80, high: 0xff }] : starts;
}

/** All that is beyond ASCII: two, three or four bytes, with the last ones shared. */
function restOfUnicode(out: number, instructions: Instruction[]): Instruction[] {
  let next = out;
  return [0xc2, 0xe0, 0xf0].map((low): Instruction => {
    next = instructions.push({ op: 'byte', out: next, low: 0x80, high: 0xbf }) - 1;
    return { op: 'byte', out: next, low, high: low };
  });
}

type Range = readonly [low: number, high: number];

function rangesOf(runes: ArrayLike<number>): Range[] {
  const all = Array.from(runes);
  if (all.length === 1) return [[all[0] as number, all[0] as number]];
  return all.flatMap((low, at) => (at % 2 === 0 ? [[low, all[at + 1] as number] as const] : []));
}

/** One instruction each: a range of letters that has both cases is one with a flag. */
function foldedRanges(all: readonly Range[], max: number): Range[] {
  const ranges = all.filter(([low]) => low <= max).map(([low, high]): Range => [low, Math.min(high, max)]);
  const has = (code: number) => ranges.some(([low, high]) => low <= code && code <= high);
  for (let code = 0x41; code <= 0x5a; code++) if (has(code) !== has(code + 0x20)) return ranges;
  return ranges.filter(([low, high]) => low < 0x41 || high > 0x5a);
}

/**
 * How many literals after `^` RE2 takes out of the program and compares by itself.
 * `isExact`: the expression is written so that it can be told from the text.
 */
function requiredPrefix(bytes: string): { length: number; isExact: boolean } {
  const [opening = ''] = /^(?:\(\?[is]+\))*(?:\^|\\A)+/.exec(bytes) ?? [];
  if (opening === '' || (alternationsOf(bytes).at(-1)?.length ?? 0) > 1) return { length: 0, isExact: true };
  const literal =
    /\\x[\da-fA-F]{2}|\\x\{[\da-fA-F]{1,2}\}|\\[^\dA-Za-z]|\\[aftnrv]|\[(?:[^\\\]^]|\\[^\dA-Za-z])\]|[^\\.+*?()|[\]^${]|\{(?!\d+(?:,\d*)?\})/y;
  literal.lastIndex = opening.length;
  let length = 0;
  let end = opening.length;
  while (literal.test(bytes)) {
    length++;
    end = literal.lastIndex;
  }
  const rest = bytes.slice(end);
  if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(rest)) length = Math.max(0, length - 1);
  // A group of nothing but characters is taken with them; flags and quotations are not followed.
  const isUnclear =
    /^(?:(?:\(\?:)+(?:[^\\.+*?()|[\]^${]|\\\W)*\)|\(\?[a-zA-Z-]+[:)]|\\[QE]|\\\d|(?:\(\?:)*\[\w\w\])/.test(
      rest,
    );
  const isFlattened = length === 0 && /^(?:\(\?:)+(?:[^\\.+*?()|[\]^${]|\\\W|\[[^^]\])/.test(rest);
  return { length, isExact: !isUnclear && !isFlattened };
}

function skipPrefix(draft: Draft, length: number): void {
  let literals = length;
  for (let id = draft.start; ; ) {
    const one = draft.instructions[id] as Instruction;
    if (one.op === 'byte' && literals === 0) break;
    if (one.op === 'byte') literals--;
    else if (one.op !== 'begin' && one.op !== 'nop') break;
    if (one.op === 'begin' && literals < length) break;
    id = one.out;
    draft.start = id;
  }
}

/** RE2 takes the `^` at the beginning out, one of them. */
function stripBegin(draft: Draft): boolean {
  const { instructions } = draft;
  const entries = entriesOf(draft);
  for (let id = draft.start; ; ) {
    const one = instructions[id] as Instruction;
    if (entries[id] !== 1) return false;
    if (one.op === 'begin') {
      instructions[id] = { op: 'nop', out: one.out };
      return true;
    }
    if (one.op !== 'capture' && one.op !== 'nop') return false;
    id = one.out;
  }
}

function stripEnd(draft: Draft): void {
  const { instructions } = draft;
  const entries = entriesOf(draft);
  let id = instructions.findIndex((one, at) => one.op === 'match' && (entries[at] ?? 0) > 0);
  for (;;) {
    if (entries[id] !== 1) return;
    const before = instructions.findIndex(
      (one, at) => (entries[at] ?? 0) > 0 && 'out' in one && one.out === id,
    );
    const one = instructions[before];
    if (one?.op === 'end') instructions[before] = { op: 'nop', out: id };
    if (one?.op !== 'capture' && one?.op !== 'nop') return;
    id = before;
  }
}

/** By how many instructions each is entered; the first is entered from outside. */
function entriesOf({ instructions, start }: Draft): number[] {
  const entries = instructions.map(() => 0);
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    entries[id] = (entries[id] ?? 0) + 1;
    if ((entries[id] ?? 0) > 1) continue;
    const one = instructions[id] as Instruction;
    if ('out' in one) open.push(one.out);
    if (one.op === 'alt') open.push(one.out1);
  }
  return entries;
}
