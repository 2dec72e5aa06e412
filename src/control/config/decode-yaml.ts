import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Findings, Provenance } from '../../resources/index.ts';
import type { ConfigSource, SourceNode } from './source-node.ts';

export interface DecodeOptions {
  findings: Findings;
  provenance: Provenance;
  /** Duplicate keys are errors, not warnings. */
  strict?: boolean | undefined;
}

/** Parses YAML (or JSON) into documents; syntax errors become findings. Empty documents are left out. */
export function parseYaml(_source: ConfigSource, _options: DecodeOptions): SourceNode[] {
  throw new Error('parseYaml is being written');
}

/**
 * Decodes one node into a message of any schema, as Envoy's loader would: snake_case or camelCase, wrappers, enums, durations,
 * `Any` by type URL. Every error is a located finding; what could be decoded is returned all the same.
 * @param path the node's path from the file's root, for people.
 */
export function decodeNode<Desc extends DescMessage>(
  _schema: Desc,
  _node: SourceNode,
  _options: DecodeOptions,
  _path = '',
): MessageShape<Desc> {
  throw new Error('decodeNode is being written');
}

/** Decodes the first document of a text; a second one is a warning. Null when nothing could be read. */
export function decodeYaml<Desc extends DescMessage>(
  schema: Desc,
  source: ConfigSource,
  options: DecodeOptions,
): MessageShape<Desc> | null {
  const [first] = parseYaml(source, options);
  return first === undefined ? null : decodeNode(schema, first, options);
}
