import type { ScalarNode, SourceNode } from '../source/source-node.ts';

/** What Envoy's YAML reader makes of a scalar before protobuf's JSON parser sees it (envoy.md §9.1). */
export type JsonScalar =
  | { kind: 'null' }
  | { kind: 'bool'; value: boolean }
  | { kind: 'number'; text: string }
  | { kind: 'string'; text: string };

const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const TRUE = new Set(['y', 'yes', 'true', 'on']);
const FALSE = new Set(['n', 'no', 'false', 'off']);
/** Lower case, upper case, or a capital in front: `yEs` is a string. */
const FLEXIBLE_CASE = /^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)$/;
const INTEGER = /^([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;
const INT32_MAX = 2_147_483_647n;
const INT32_MIN = -2_147_483_648n;
const INT64_MAX = 9_223_372_036_854_775_807n;
const INT64_MIN = -9_223_372_036_854_775_808n;

/**
 * Quoted text is a string; so is what is no null, bool or integer. Integers outside int32 and all fractions become strings, which
 * numeric fields take as well.
 */
export function jsonScalarOf(node: ScalarNode): JsonScalar {
  const { text } = node;
  if (!node.plain) return { kind: 'string', text };
  if (node.json === true) return jsonLiteral(text);
  if (NULL.has(text)) return { kind: 'null' };
  const bool = boolOf(text);
  if (bool !== undefined) return { kind: 'bool', value: bool };
  return integerScalar(text) ?? { kind: 'string', text };
}

function jsonLiteral(text: string): JsonScalar {
  if (text === 'null') return { kind: 'null' };
  if (text === 'true' || text === 'false') return { kind: 'bool', value: text === 'true' };
  return { kind: 'number', text };
}

export function isNull(node: SourceNode): boolean {
  return node.kind === 'scalar' && jsonScalarOf(node).kind === 'null';
}

function boolOf(text: string): boolean | undefined {
  if (text.length > 5 || !FLEXIBLE_CASE.test(text)) return undefined;
  const lower = text.toLowerCase();
  if (TRUE.has(lower)) return true;
  return FALSE.has(lower) ? false : undefined;
}

function integerScalar(text: string): JsonScalar | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const [, sign, digits] = match as unknown as [string, string, string];
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = sign === '-' ? -magnitude : magnitude;
  if (value > INT64_MAX || value < INT64_MIN) return undefined;
  const kind = value <= INT32_MAX && value >= INT32_MIN ? 'number' : 'string';
  return { kind, text: String(value) };
}
