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
import { escapedPairIn, halfCharacterIn, tabBehind } from './scalar-faults.ts';
import type { ConfigSource, MapEntry, SourceNode } from './source-node.ts';

const TOO_DEEP = 'the text is nested too deeply';
const LONE_RETURN =
  'a carriage return alone, where other lines end in a line feed: it ends this line for one reader and not for the next';
/** Longer texts are refused unread: a mebibyte costs 180 MB of memory, and the process must not die of one. JSON costs less than half. */
const TEXT_LENGTH_MAX = 10 * 1024 * 1024;

/**
 * Parses YAML with nothing interpreted: failsafe schema, no merge keys; of a key that is written twice the later entry
 * holds and knows the place of the earlier. Entries whose
 * key is tagged `!ignore` are dropped (envoy.md §9.1). The first syntax error of a document becomes a finding (what follows from it says little), and the document is left out.
 */
export function parseYamlDocuments(
  written: ConfigSource,
  findings: Findings,
  { firstOnly = false }: YamlOptions = {},
): SourceNode[] {
  const source = { ...written, text: withLineFeeds(written.text.replace(/^\uFEFF/, '')) };
  const lines = new LineCounter();
  const refuse: Refuse = (offset, message, envoy = 'refuses', code = 'syntax') =>
    findings.add({
      code: CODES[code],
      severity: 'error',
      message,
      envoy,
      at: position(source.name, lines, offset, offset + 1, source.text),
    });
  if (source.text.length > TEXT_LENGTH_MAX) {
    refuse(0, 'the text is longer than 10 MiB: split it into several files, or write it as JSON', 'accepts');
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
    const version = source.text.search(/^%YAML[ \t]+(?:[2-9]|\d\d)/m);
    if (version !== -1) refuse(version, 'the version of YAML is too new: write `%YAML 1.2` or nothing');
    return (documents as Document.Parsed[]).flatMap((document, index) => {
      if (!firstOnly) return convertDocument(document, source, lines, refuse);
      if (index > 0) return [unread(document, source, lines)];
      const node = convertDocument(document, source, lines, refuse);
      return node.length === 0 && document.errors.length === 0
        ? [emptyScalar(placeOf(document, source, lines))]
        : node;
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refuse(0, TOO_DEEP);
    return [];
  }
}

/** How many nodes aliases may stand for: few lines of aliases of aliases would be more than any memory holds. */
const ALIASED_MAX = 250_000;

type Refuse = (offset: number, message: string, envoy?: EnvoyTreatment, code?: 'syntax' | 'limit') => void;

export interface YamlOptions {
  /**
   * Only the first document is read, and an empty one is an empty scalar; later ones are scalars, empty where they are. Default: all
   * are read, and empty ones left out.
   */
  firstOnly?: boolean;
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
): SourceNode[] {
  const [error] = document.errors;
  if (error !== undefined) refuse(error.pos[0], wordsOf(error.message));
  if (document.errors.length > 0 || document.contents === null) return [];
  const converter = new Converter(source, lines, refuse);
  const node = converter.convert(document.contents as ParsedNode);
  return node === undefined || isEmpty(node) || converter.isTooMuch ? [] : [node];
}

/** A document that is there and nobody reads, so that what is wrong in it does not matter. */
function unread(document: Document.Parsed, source: ConfigSource, lines: LineCounter): SourceNode {
  const start = (document.contents as ParsedNode | null)?.range?.[0] ?? document.range[0];
  const { contents, errors } = document;
  const written = contents !== null && !(isScalar(contents) && contents.source === '');
  const empty = errors.length === 0 && !written;
  const at = position(source.name, lines, start, start + 1, source.text);
  return empty ? emptyScalar(at) : { kind: 'scalar', text: 'unread', plain: false, at };
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

interface Anchored {
  node: SourceNode;
  /** Of how many nodes it is made, what its aliases stand for counted too. */
  size: number;
}

class Converter {
  readonly #source: ConfigSource;
  readonly #lines: LineCounter;
  readonly #refuse: Refuse;
  readonly #anchors = new Map<string, Anchored>();
  /** Nodes so far, what aliases stand for among them. */
  #nodes = 0;
  #aliased = 0;

  constructor(source: ConfigSource, lines: LineCounter, refuse: Refuse) {
    this.#source = source;
    this.#lines = lines;
    this.#refuse = refuse;
  }

  /** What aliases stand for is more than is read, and was left out. */
  get isTooMuch(): boolean {
    return this.#aliased > ALIASED_MAX;
  }

  /** @param column where the block that this stands in begins, counted from 0; -1 at the root, null inside of brackets. */
  convert(node: ParsedNode, column: number | null = -1): SourceNode | undefined {
    if (isAlias(node)) return this.#resolve(node);
    const before = this.#nodes++;
    const converted = this.#convertContent(node, column);
    if (node.anchor !== undefined && converted !== undefined)
      this.#anchors.set(node.anchor, { node: converted, size: this.#nodes - before });
    return converted;
  }

  #convertContent(node: ParsedNode, column: number | null): SourceNode | undefined {
    if (isScalar(node)) return this.#scalar(node, column);
    const at = this.#at(node);
    const inner = column === null || (node as YAMLMap | YAMLSeq).flow === true ? null : at.column - 1;
    if (isMap(node)) return { kind: 'map', entries: this.#entries(node, inner), at };
    if (isSeq(node)) return { kind: 'list', items: this.#items(node, inner), at };
    return undefined;
  }

  #scalar(node: Scalar, column: number | null): SourceNode {
    const plain = node.type === 'PLAIN' && node.tag !== '!';
    const text = String(node.value ?? '');
    const [start, end] = node.range ?? [0, 0];
    const problem =
      halfCharacterIn(text, start) ??
      (node.type === 'QUOTE_DOUBLE' ? escapedPairIn(this.#source.text, start, end) : undefined) ??
      (node.type === 'PLAIN' && column !== null ? tabBehind(this.#source.text, end, column) : undefined);
    if (problem !== undefined) this.#refuse(problem.offset, problem.message);
    return { kind: 'scalar', text, plain, at: this.#at(node) };
  }

  #items(list: YAMLSeq, column: number | null): SourceNode[] {
    return list.items
      .map((item) => this.convert(item as ParsedNode, column))
      .filter((item): item is SourceNode => item !== undefined);
  }

  #entries(map: YAMLMap, column: number | null): MapEntry[] {
    const entries = new Map<string, MapEntry>();
    for (const pair of map.items) {
      const key = this.convert(pair.key as ParsedNode, null);
      const value = pair.value === null ? undefined : this.convert(pair.value as ParsedNode, column);
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
    if (target === undefined) {
      this.#refuse(alias.range[0], `no complete anchor \`${alias.source}\` before this alias`);
      return undefined;
    }
    this.#nodes += target.size;
    const isKnown = this.isTooMuch;
    this.#aliased += target.size;
    if (!this.isTooMuch) return target.node;
    if (!isKnown)
      this.#refuse(
        alias.range[0],
        `aliases stand for more than ${ALIASED_MAX} values: write less`,
        'accepts',
        'limit',
      );
    return undefined;
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
