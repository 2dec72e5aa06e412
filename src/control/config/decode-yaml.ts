import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Findings, Provenance } from '../../resources/index.ts';
import { CODES } from './codes.ts';
import { DecodeContext, LimitReached, type Place } from './decode/decode-context.ts';
import { decodeMessage } from './decode/decode-message.ts';
import { parseJson } from './source/parse-json.ts';
import { parseYamlDocuments, type YamlOptions } from './source/parse-yaml.ts';
import type { ConfigSource, SourceNode } from './source/source-node.ts';

export interface DecodeOptions {
  findings: Findings;
  provenance: Provenance;
}

/** Parses YAML, or JSON where the name ends in `.json`, into documents; syntax errors become findings. Empty documents are left out. */
export function parseYaml(
  source: ConfigSource,
  options: Pick<DecodeOptions, 'findings'>,
  how: YamlOptions = {},
): SourceNode[] {
  if (!source.name.endsWith('.json')) return parseYamlDocuments(source, options.findings, how);
  const node = parseJson(source, options.findings);
  return node === null ? [] : [node];
}

/**
 * Decodes one node into a message of any schema, as Envoy's loader would: snake_case or camelCase, wrappers, enums, durations,
 * `Any` by type URL, `validate` rules. Every error is a located finding; what could be decoded is returned all the same.
 * @param path the node's path from the file's root, for people.
 */
export function decodeNode<Desc extends DescMessage>(
  schema: Desc,
  node: SourceNode,
  options: DecodeOptions,
  path = '',
): MessageShape<Desc> | null {
  return decodeInContext(schema, node, new DecodeContext(options.findings, options.provenance), path);
}

/** As `decodeNode`, in a context that also collects the decoded messages. */
export function decodeInContext<Desc extends DescMessage>(
  schema: Desc,
  node: SourceNode,
  context: DecodeContext,
  path = '',
): MessageShape<Desc> | null {
  const place: Place = { at: node.at, path, depth: 0, quiet: false };
  if (node.kind !== 'map') {
    context.report({ code: 'wrongType', message: 'the text is not a mapping', at: node.at, path });
    return null;
  }
  try {
    return decodeMessage(schema, node, place, context) as unknown as MessageShape<Desc>;
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    context.report({ code: 'limit', message: error.message, at: error.place.at, path: error.place.path });
    return null;
  }
}

/** Decodes the first document of a text; a second one is a warning. Null when nothing could be read. */
export function decodeYaml<Desc extends DescMessage>(
  schema: Desc,
  source: ConfigSource,
  options: DecodeOptions,
): MessageShape<Desc> | null {
  const documents = parseYaml(source, options);
  warnOfExtraDocuments(documents, options.findings);
  const [first] = documents;
  return first === undefined ? null : decodeNode(schema, first, options);
}

export function warnOfExtraDocuments(documents: readonly SourceNode[], findings: Findings): void {
  const second = documents[1];
  if (second === undefined) return;
  findings.add({
    code: CODES.extraDocument,
    severity: 'warning',
    message: 'only the first document of this text is read',
    hint: 'put the second one into a file of its own',
    envoy: 'ignores',
    at: second.at,
  });
}
