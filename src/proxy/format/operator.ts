import type { MetadataValue } from '../filters/filter.ts';
import type { FormatSource } from './format-source.ts';

/** What an operator finds: a byte string, or what a typed log keeps as it is; undefined: nothing. */
export type Found = MetadataValue | undefined;

/** A compiled operator. */
export interface Operator {
  /** The value as a log in JSON keeps it; texts in it are Unicode where `isUnicode` says so, byte strings otherwise. */
  find(source: FormatSource): Found;
  /** Where a log in JSON keeps it otherwise than `find` has it, and whole. */
  findWhole?(source: FormatSource): Found;
  /** Values are metadata: Unicode, objects, lists. */
  readonly isUnicode: boolean;
  /** It sees to the length that is asked for by itself: its text is not cut again. */
  readonly cutsItself?: boolean;
}

/** Why a format cannot be done. */
export interface FormatError {
  error: string;
  /** `accepts`: Envoy does it. */
  envoy: 'accepts' | 'refuses';
}

/** An operator whose values are byte strings. */
export const operator = (find: (source: FormatSource) => Found): Operator => ({ find, isUnicode: false });

/** Cuts an operator's text to the `length` bytes that `%…:N%` asks for; undefined: to none. */
export const shorten = (text: string, { cutsItself }: Operator, length: number | undefined): string =>
  length === undefined || cutsItself === true ? text : text.slice(0, length);
