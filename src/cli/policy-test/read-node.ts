import type { MapEntry, SourceNode } from '../../control/config/index.ts';
import type { JsonObject, JsonValue } from '../../core/jwt/index.ts';
import type { Position } from '../../resources/index.ts';

/** What is wrong with a test file, all of it, each at its place. */
export class Problems {
  readonly list: { at: Position; message: string }[] = [];

  add(at: Position, message: string): void {
    this.list.push({ at, message });
  }
}

/** The entries of a mapping; none, and a problem, for anything else. One that is written twice would lose the earlier in silence. */
export function entriesOf(node: SourceNode, what: string, problems: Problems): readonly MapEntry[] {
  if (node.kind !== 'map') {
    problems.add(node.at, `${what} is a mapping`);
    return [];
  }
  const seen = new Map<string, Position>();
  for (const { key, keyAt, earlier = seen.get(key) } of node.entries) {
    if (earlier !== undefined) problems.add(keyAt, `\`${key}\` is already written at line ${earlier.line}`);
    seen.set(key, keyAt);
  }
  return node.entries;
}

/** The entries of a mapping whose keys are all known. */
export function knownEntries(
  node: SourceNode,
  what: string,
  known: readonly string[],
  problems: Problems,
): ReadonlyMap<string, SourceNode> {
  const entries = new Map<string, SourceNode>();
  for (const { key, keyAt, value } of entriesOf(node, what, problems)) {
    if (known.includes(key)) entries.set(key, value);
    else problems.add(keyAt, `${what} has no \`${key}\`; it may have ${known.join(', ')}`);
  }
  return entries;
}

/** A scalar's text; empty, and a problem, for anything else. */
export function textOf(node: SourceNode, what: string, problems: Problems): string {
  if (node.kind === 'scalar') return node.text;
  problems.add(node.at, `${what} is a text`);
  return '';
}

export function optionalText(
  node: SourceNode | undefined,
  what: string,
  problems: Problems,
): string | undefined {
  return node === undefined ? undefined : textOf(node, what, problems);
}

/** A text, or a list of texts. */
export function textsOf(node: SourceNode, what: string, problems: Problems): string[] {
  return node.kind === 'list'
    ? node.items.map((item) => textOf(item, what, problems))
    : [textOf(node, what, problems)];
}

/** A node as JSON: what is not quoted is null, a boolean or a number where it looks like one (YAML 1.2, core schema). */
function jsonOf(node: SourceNode): JsonValue {
  if (node.kind === 'list') return node.items.map(jsonOf);
  if (node.kind === 'map') return jsonObjectOf(node.entries);
  if (!node.plain) return node.text;
  if (PLAIN.has(node.text)) return PLAIN.get(node.text) as JsonValue;
  return NUMBER.test(node.text) ? Number(node.text) : node.text;
}

export function jsonObjectOf(entries: readonly MapEntry[]): JsonObject {
  return Object.fromEntries(entries.map(({ key, value }) => [key, jsonOf(value)]));
}

const PLAIN: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['', null],
  ['~', null],
  ['null', null],
  ['true', true],
  ['false', false],
]);

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** `300s`, `5m`, `-1h` → seconds. */
export function secondsOf(node: SourceNode, what: string, problems: Problems): number {
  const found = /^([+-]?\d+(?:\.\d+)?)([smhd]?)$/.exec(textOf(node, what, problems));
  if (found !== null) return Number(found[1]) * (UNIT_SECONDS[found[2] as string] as number);
  problems.add(node.at, `${what} is a time such as 300s, 5m, 12h or -1s`);
  return 0;
}

/** `2026-01-01T00:00:00Z` → milliseconds since 1970. */
export function instantOf(node: SourceNode, what: string, problems: Problems): number {
  const ms = Date.parse(textOf(node, what, problems));
  if (!Number.isNaN(ms)) return ms;
  problems.add(node.at, `${what} is a time such as 2026-01-01T00:00:00Z`);
  return 0;
}
