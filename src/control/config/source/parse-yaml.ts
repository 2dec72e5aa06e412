import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { EnvoyTreatment, Findings, Position } from '../../../resources/index.ts';
import { CODES } from '../codes.ts';
import type { ConfigSource, MapEntry, SourceNode } from './source-node.ts';

const TOO_DEEP = 'the text is nested too deeply';
const LONE_RETURN =
  'a carriage return alone, where other lines end in a line feed: it ends this line for one reader and not for the next';
/** Texts longer than this are refused unread. */
const TEXT_LENGTH_MAX = 64 * 1024 * 1024;

/**
 * Parses YAML with nothing interpreted: failsafe schema, no merge keys; of a key that is written twice the later entry
 * holds and knows the place of the earlier. Entries whose
 * key is tagged `!ignore` are dropped (envoy.md §9.1). The first syntax error of a document becomes a finding (what follows from it says little), and the document is left out.
 */
export function parseYamlDocuments(
  written: ConfigSource,
  findings: Findings,
  { emptyToo = false }: YamlOptions = {},
): SourceNode[] {
  const source = { ...written, text: withLineFeeds(written.text.replace(/^\uFEFF/, '')) };
  const lines = new LineCounter();
  const refuse: Refuse = (offset, message, envoy = 'refuses') =>
    findings.add({
      code: CODES.syntax,
      severity: 'error',
      message,
      envoy,
      at: position(source.name, lines, offset, offset + 1, source.text),
    });
  if (source.text.length > TEXT_LENGTH_MAX) {
    refuse(0, 'the text is longer than 64 MiB');
    return [];
  }
  try {
    const documents = parseAllDocuments(source.text, {
      schema: 'failsafe',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      lineCounter: lines,
    });
    const alone = source.text.search(/\r(?!\n)/);
    if (alone !== -1) refuse(alone, LONE_RETURN, 'accepts');
    if (alone !== -1 || !Array.isArray(documents)) return [];
    return documents.flatMap((document) =>
      convertDocument(document as Document.Parsed, source, lines, refuse, emptyToo),
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refuse(0, TOO_DEEP);
    return [];
  }
}

type Refuse = (offset: number, message: string, envoy?: EnvoyTreatment) => void;

export interface YamlOptions {
  /** An empty document is an empty scalar; default: it is left out. */
  emptyToo?: boolean;
}

/** Envoy takes a carriage return for the end of a line where it ends all lines; offsets stay. */
function withLineFeeds(text: string): string {
  return text.includes('\n') ? text : text.replaceAll('\r', '\n');
}

function convertDocument(
  document: Document.Parsed,
  source: ConfigSource,
  lines: LineCounter,
  refuse: Refuse,
  emptyToo: boolean,
): SourceNode[] {
  const [error] = document.errors;
  if (error !== undefined) refuse(error.pos[0], wordsOf(error.message));
  if (document.errors.length > 0) return [];
  if (document.contents === null) return emptyToo ? [emptyScalar(placeOf(document, source, lines))] : [];
  const converter = new Converter(source, lines, refuse);
  const node = converter.convert(document.contents as ParsedNode);
  return node === undefined || (isEmpty(node) && !emptyToo) ? [] : [node];
}

function placeOf({ range }: Document.Parsed, { name, text }: ConfigSource, lines: LineCounter): Position {
  return position(name, lines, range[0], range[0], text);
}

export const isEmpty = (node: SourceNode) => node.kind === 'scalar' && node.plain && node.text === '';
/** The parser's words, and its running out of stack in ours. */
const wordsOf = (message: string) =>
  message.startsWith('Maximum call stack') ? TOO_DEEP : firstLineOf(message);
const firstLineOf = (message: string) =>
  (message.split('\n', 1)[0] as string).replace(/^./, (first) => first.toLowerCase()).replace(/[.:]$/, '');

const HALF_ESCAPE = /(?:^|[^\\])(?:\\\\)*\\u[dD][89a-fA-F]/;

class Converter {
  readonly #source: ConfigSource;
  readonly #lines: LineCounter;
  readonly #refuse: Refuse;
  readonly #anchors = new Map<string, SourceNode>();

  constructor(source: ConfigSource, lines: LineCounter, refuse: Refuse) {
    this.#source = source;
    this.#lines = lines;
    this.#refuse = refuse;
  }

  convert(node: ParsedNode): SourceNode | undefined {
    if (isAlias(node)) return this.#resolve(node);
    const converted = this.#convertContent(node);
    if (node.anchor !== undefined && converted !== undefined) this.#anchors.set(node.anchor, converted);
    return converted;
  }

  #convertContent(node: ParsedNode): SourceNode | undefined {
    if (isMap(node)) return { kind: 'map', entries: this.#entries(node), at: this.#at(node) };
    if (isSeq(node)) return { kind: 'list', items: this.#items(node), at: this.#at(node) };
    if (isScalar(node)) return this.#scalar(node);
    return undefined;
  }

  #scalar(node: Scalar): SourceNode {
    const plain = node.type === 'PLAIN' && node.tag !== '!';
    const text = String(node.value ?? '');
    this.#checkCharacters(node, text);
    return { kind: 'scalar', text, plain, at: this.#at(node) };
  }

  /** Half a character is none, written as bytes or as an escape; of two escapes Envoy makes no one character. */
  #checkCharacters(node: Scalar, text: string): void {
    const [start, end] = node.range ?? [0, 0];
    if (!text.isWellFormed()) this.#refuse(start, 'half of a surrogate pair is no character');
    else if (node.type === 'QUOTE_DOUBLE' && HALF_ESCAPE.test(this.#source.text.slice(start, end)))
      this.#refuse(
        start,
        'YAML has no pairs of `\\u` escapes: write the character itself, or `\\U` and eight digits',
      );
  }

  #items(list: YAMLSeq): SourceNode[] {
    return list.items
      .map((item) => this.convert(item as ParsedNode))
      .filter((item): item is SourceNode => item !== undefined);
  }

  #entries(map: YAMLMap): MapEntry[] {
    const entries = new Map<string, MapEntry>();
    for (const pair of map.items) {
      const key = this.convert(pair.key as ParsedNode);
      const value = pair.value === null ? undefined : this.convert(pair.value as ParsedNode);
      if ((pair.key as ParsedNode).tag === '!ignore') continue;
      if (key?.kind !== 'scalar') {
        this.#refuse((pair.key as ParsedNode).range[0], 'a key must be a scalar');
        continue;
      }
      const earlier = entries.get(key.text)?.keyAt;
      entries.delete(key.text);
      const entry = { key: key.text, keyAt: key.at, value: value ?? emptyScalar(key.at) };
      entries.set(key.text, earlier === undefined ? entry : { ...entry, earlier });
    }
    return [...entries.values()];
  }

  /** An alias inside its own anchor finds nothing, for the anchor is set when its node is complete. */
  #resolve(alias: Alias.Parsed): SourceNode | undefined {
    const target = this.#anchors.get(alias.source);
    if (target === undefined)
      this.#refuse(alias.range[0], `no complete anchor \`${alias.source}\` before this alias`);
    return target;
  }

  #at(node: { range?: readonly [number, number, number] | null | undefined }): Position {
    const [start, end] = node.range ?? [0, 0];
    return position(this.#source.name, this.#lines, start, end, this.#source.text);
  }
}

function emptyScalar(at: Position): SourceNode {
  return { kind: 'scalar', text: '', plain: true, at };
}

function position(file: string, lines: LineCounter, start: number, end: number, text: string): Position {
  const { line, col } = lines.linePos(start);
  const newline = text.indexOf('\n', start);
  const stop = newline === -1 ? end : Math.min(end, newline);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1), length: Math.max(stop - start, 0) };
}
