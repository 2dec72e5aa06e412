import type { SourceNode } from '../../control/config/index.ts';
import type { AskedOf, PolicyCase, TokenPlace } from './policy-test.ts';
import { readExpectation } from './read-expectation.ts';
import {
  entriesOf,
  instantOf,
  knownEntries,
  optionalText,
  type Problems,
  secondsOf,
  textOf,
} from './read-node.ts';
import { BEARER, plainRequest } from './read-table.ts';

const KEYS = ['name', 'request', 'expect', 'repeat', 'at', 'after'];

/** The list of cases: what a table cannot say. */
export function readCases(node: SourceNode, nowMs: number, problems: Problems): PolicyCase[] {
  if (node.kind === 'list') return node.items.flatMap((item) => readCase(item, nowMs, problems));
  problems.add(node.at, '`cases` is a list');
  return [];
}

function readCase(node: SourceNode, nowMs: number, problems: Problems): PolicyCase[] {
  const entries = knownEntries(node, 'a case', KEYS, problems);
  const [request, expect, repeat] = [entries.get('request'), entries.get('expect'), entries.get('repeat')];
  if (request === undefined || expect === undefined) {
    problems.add(node.at, 'a case needs `request` and `expect`');
    return [];
  }
  const asked = readRequest(request, problems);
  const name = optionalText(entries.get('name'), '`name`', problems);
  return [
    {
      name: name ?? `${asked.method} ${asked.url} as ${asked.as ?? 'none'}`,
      at: request.at,
      request: asked,
      nowMs: timeOf(entries, nowMs, problems),
      repeat: repeat === undefined ? 1 : countOf(repeat, problems),
      ...readExpectation(expect, problems),
    },
  ];
}

function timeOf(entries: ReadonlyMap<string, SourceNode>, nowMs: number, problems: Problems): number {
  const [at, after] = [entries.get('at'), entries.get('after')];
  if (at !== undefined) return instantOf(at, '`at`', problems);
  return after === undefined ? nowMs : nowMs + secondsOf(after, '`after`', problems) * 1000;
}

function countOf(node: SourceNode, problems: Problems): number {
  const text = textOf(node, '`repeat`', problems);
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  problems.add(node.at, '`repeat` is a number from 1');
  return 1;
}

const REQUEST_KEYS = [
  'method',
  'url',
  'path',
  'as',
  'token_in',
  'headers',
  'peer',
  'listener',
  'random_value',
];

/** `GET /orders as alice`, or a mapping that says it in parts. */
function readRequest(node: SourceNode, problems: Problems): AskedOf {
  if (node.kind === 'scalar') return readWords(node.text, node, problems);
  const entries = knownEntries(node, 'a request', REQUEST_KEYS, problems);
  const as = optionalText(entries.get('as'), '`as`', problems);
  const url = entries.get('url') ?? entries.get('path');
  if (url === undefined) problems.add(node.at, 'a request needs `path` or `url`');
  const [headers, place] = [entries.get('headers'), entries.get('token_in')];
  return {
    method: optionalText(entries.get('method'), '`method`', problems) ?? 'GET',
    url: optionalText(url, '`path`', problems) ?? '/',
    as: as === undefined || as === 'none' ? null : as,
    tokenIn: place === undefined ? BEARER : readPlace(place, problems),
    headers: headers === undefined ? [] : readHeaders(headers, problems),
    peer: optionalText(entries.get('peer'), '`peer`', problems),
    listener: optionalText(entries.get('listener'), '`listener`', problems),
    randomValue: readRandomValue(entries.get('random_value'), problems),
  };
}

/** At most 15 digits: more are no exact number. */
export function readRandomValue(node: SourceNode | undefined, problems: Problems): number | undefined {
  const text = optionalText(node, '`random_value`', problems);
  if (node === undefined || text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  problems.add(node.at, 'a number of at most 15 digits stands for chance');
  return undefined;
}

function readWords(text: string, node: SourceNode, problems: Problems): AskedOf {
  const found = /^([A-Z]+)\s+(\S+)(?:\s+as\s+(\S+))?$/.exec(text.trim());
  if (found === null) {
    problems.add(node.at, `\`${text}\` is no request such as \`GET /orders as alice\``);
    return plainRequest('GET', '/', null);
  }
  const [, method, url, as] = found as unknown as [string, string, string, string | undefined];
  return plainRequest(method, url, as === undefined || as === 'none' ? null : as);
}

/** A header field has one value or a list of them. */
function readHeaders(node: SourceNode, problems: Problems): string[] {
  return entriesOf(node, '`headers`', problems).flatMap(({ key, value }) => {
    const values = value.kind === 'list' ? value.items : [value];
    return values.map((item) => `${key}: ${textOf(item, 'a header', problems)}`);
  });
}

function readPlace(node: SourceNode, problems: Problems): TokenPlace {
  const entries = knownEntries(node, '`token_in`', ['header', 'prefix', 'query', 'cookie'], problems);
  const name = (key: string) => optionalText(entries.get(key), `\`${key}\``, problems);
  const [header, query, cookie] = [name('header'), name('query'), name('cookie')];
  if (query !== undefined) return { kind: 'query', name: query };
  if (cookie !== undefined) return { kind: 'cookie', name: cookie };
  if (header === undefined) problems.add(node.at, '`token_in` needs `header`, `query` or `cookie`');
  return { kind: 'header', name: header ?? 'authorization', prefix: name('prefix') ?? '' };
}
