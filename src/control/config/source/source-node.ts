import type { Position } from '../../../resources/index.ts';

/** One text that configuration is read from. */
export interface ConfigSource {
  /** As the user named it; shown in findings. */
  name: string;
  text: string;
}

/** A parsed document, whatever it was written in: scalars keep their source text, every node knows its place. */
export type SourceNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  kind: 'scalar';
  /** The text, with quotes and escapes resolved. */
  text: string;
  /** Written without quotes, so that YAML's plain-scalar rules apply (envoy.md §9.1). */
  plain: boolean;
  /** A literal of a JSON text (`1.5`, `true`), to which YAML's rules do not apply. */
  json?: true;
  at: Position;
}

export interface ListNode {
  kind: 'list';
  items: SourceNode[];
  at: Position;
}

export interface MapNode {
  kind: 'map';
  entries: MapEntry[];
  at: Position;
}

export interface MapEntry {
  key: string;
  keyAt: Position;
  value: SourceNode;
  /** Where an entry of the same key stands that this one has put out of force, as in YAML the later does. */
  earlier?: Position;
}

/** The entry of that name; in JSON, which may have several, the last. */
export function entryOf(node: SourceNode, key: string): MapEntry | undefined {
  return node.kind === 'map' ? node.entries.findLast((entry) => entry.key === key) : undefined;
}

/** The text of a scalar entry, for looking at `kind:` and the like before a schema is chosen. */
export function scalarAt(node: SourceNode, key: string): string | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' ? value.text : undefined;
}
