import type { MetadataValue } from '../filters/filter.ts';
import type { FormatSource } from './format-source.ts';

/** What an operator finds: a byte string, or what a typed log keeps as it is; undefined: nothing. */
export type Found = MetadataValue | undefined;

/** A compiled operator. */
export interface Operator {
  /** The value as a log in JSON keeps it; texts in it are Unicode where `isUnicode` says so, byte strings otherwise. */
  find(source: FormatSource): Found;
  /** Values are metadata: Unicode, objects, lists. */
  readonly isUnicode: boolean;
  /** A length that is asked for is seen to. */
  readonly isWhole?: boolean;
}

/** Why a format cannot be done. */
export interface FormatError {
  error: string;
  /** `accepts`: Envoy does it. */
  envoy: 'accepts' | 'refuses';
}

/** An operator whose values are byte strings. */
export const operator = (find: (source: FormatSource) => Found): Operator => ({ find, isUnicode: false });

/** @param length what is asked for, if anything */
export const shorten = (text: string, { isWhole }: Operator, length: number | undefined): string =>
  length === undefined || isWhole === true ? text : text.slice(0, length);
