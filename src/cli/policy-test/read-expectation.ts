import type { SourceNode } from '../../control/config/index.ts';
import type { Expectation, FieldWanted, StatusWanted, UpstreamWanted } from './policy-test.ts';
import { entriesOf, jsonObjectOf, knownEntries, optionalText, type Problems, textOf } from './read-node.ts';

const KEYS = ['status', 'body', 'details', 'refused_by', 'headers', 'upstream'];

export interface ReadExpectation {
  expect: Expectation;
  expectLast: Expectation | undefined;
}

/** `expect: 401`, or a mapping; `last` holds for the last repetition only. */
export function readExpectation(node: SourceNode, problems: Problems): ReadExpectation {
  if (node.kind !== 'map') return { expect: readOne(node, KEYS, problems), expectLast: undefined };
  const last = node.entries.find(({ key }) => key === 'last')?.value;
  return {
    expect: readOne(node, [...KEYS, 'last'], problems),
    expectLast: last === undefined ? undefined : readOne(last, KEYS, problems),
  };
}

function readOne(node: SourceNode, known: readonly string[], problems: Problems): Expectation {
  if (node.kind === 'scalar') return { status: statusOf(node.text, node, problems) };
  const entries = knownEntries(node, 'an expectation', known, problems);
  const [status, headers, upstream] = [
    entries.get('status'),
    entries.get('headers'),
    entries.get('upstream'),
  ];
  return {
    status:
      status === undefined ? undefined : statusOf(textOf(status, '`status`', problems), status, problems),
    body: optionalText(entries.get('body'), '`body`', problems),
    details: optionalText(entries.get('details'), '`details`', problems),
    refusedBy: optionalText(entries.get('refused_by'), '`refused_by`', problems),
    headers: headers === undefined ? undefined : readFields(headers, problems),
    upstream: upstream === undefined ? undefined : readUpstream(upstream, problems),
  };
}

function statusOf(text: string, node: SourceNode, problems: Problems): StatusWanted | undefined {
  const status = parseStatus(text);
  if (status === undefined) {
    problems.add(node.at, `\`${text}\` is no status: write 200, 4xx, pass or deny`);
  }
  return status;
}

/** What a status cell says; undefined when it says nothing. */
export function parseStatus(text: string): StatusWanted | undefined {
  if (text === 'pass' || text === 'deny') return text;
  if (/^[1-5]xx$/.test(text)) return text as `${number}xx`;
  return /^[1-5]\d\d$/.test(text) ? Number(text) : undefined;
}

function readUpstream(node: SourceNode, problems: Problems): UpstreamWanted {
  if (node.kind === 'scalar') return { cluster: node.text, headers: [] };
  const entries = knownEntries(node, '`upstream`', ['cluster', 'host', 'path', 'headers'], problems);
  const headers = entries.get('headers');
  return {
    cluster: optionalText(entries.get('cluster'), '`cluster`', problems),
    host: optionalText(entries.get('host'), '`host`', problems),
    path: optionalText(entries.get('path'), '`path`', problems),
    headers: headers === undefined ? [] : readFields(headers, problems),
  };
}

/** `{name: value}`, `{name: {json: {…}}}`, `{name: {absent: true}}`, `{name: {present: true}}`. */
function readFields(node: SourceNode, problems: Problems): FieldWanted[] {
  return entriesOf(node, '`headers`', problems).map(({ key, value }) => ({
    name: key.toLowerCase(),
    want: readField(value, problems),
  }));
}

function readField(node: SourceNode, problems: Problems): FieldWanted['want'] {
  if (node.kind === 'scalar') return { kind: 'value', value: node.text };
  const entries = knownEntries(node, 'a header', ['json', 'absent', 'present'], problems);
  const json = entries.get('json');
  if (json !== undefined) {
    return { kind: 'json', json: jsonObjectOf(entriesOf(json, '`json`', problems)) };
  }
  const wanted = entries.get('absent') ?? entries.get('present');
  const isTrue = wanted?.kind === 'scalar' && wanted.text === 'true';
  return { kind: entries.has('absent') === isTrue ? 'absent' : 'present' };
}
