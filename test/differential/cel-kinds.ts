import type { JsonObject } from './case.ts';
import type { Choose } from './choose.ts';

export type NumberKind = 'int' | 'uint' | 'double';
export type TimeKind = 'time' | 'duration';

/** What an expression of CEL comes to. */
export type CelKind =
  | 'bool'
  | 'text'
  | 'bytes'
  | 'list'
  | 'map'
  | 'type'
  | 'message'
  | 'null'
  | NumberKind
  | TimeKind;

/** What an expression is made from. */
export interface Cel {
  choose: Choose;
  payloadKeys: readonly string[];
  /** `cel_config`. */
  options: JsonObject;
  /** An expression that comes to a value of this kind, as a rule. */
  make(kind: CelKind, depth: number): JsonObject;
}

export const NUMBER_KINDS: readonly NumberKind[] = ['int', 'uint', 'double'];
export const KINDS: readonly CelKind[] = [
  'bool',
  'text',
  'bytes',
  'list',
  'map',
  'type',
  'message',
  'null',
  'int',
  'uint',
  'double',
  'time',
  'duration',
];

/** As deep as expressions are put into one another. */
export const DEPTH_MAX = 4;
