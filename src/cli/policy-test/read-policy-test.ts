import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ConfigSource, parseYaml, type SourceNode } from '../../control/config/index.ts';
import { Findings, type Position } from '../../resources/index.ts';
import { checkRequest } from './check-request.ts';
import { indentTable } from './indent-table.ts';
import { pathIn } from './path-in.ts';
import type { AskedOf, PolicyCase, PolicyTest } from './policy-test.ts';
import { readCases } from './read-cases.ts';
import { instantOf, knownEntries, optionalText, Problems, textsOf } from './read-node.ts';
import { readTable } from './read-table.ts';
import { readIssuers, readTokens } from './read-tokens.ts';

const KEYS = ['config', 'workload', 'gateway', 'upstream', 'clock', 'issuers', 'tokens', 'table', 'cases'];

/** A clock that nobody set stands here, so that a run is like the one before. */
const DEFAULT_NOW = Date.parse('2026-01-01T00:00:00Z');

export interface ReadPolicyTest {
  /** Null when something is wrong with the text. */
  test: PolicyTest | null;
  problems: Problems['list'];
  /** What was read for it, also when it is wrong. */
  reads: readonly string[];
}

/** Reads a file of policy tests. Names of files in it are relative to its folder. */
export function readPolicyTest(source: ConfigSource): ReadPolicyTest {
  const problems = new Problems();
  const findings = new Findings();
  const [root] = parseYaml({ ...source, text: indentTable(source.text) }, { findings });
  for (const { at, message } of findings.list) if (at !== undefined) problems.add(at, message);
  if (root === undefined) {
    if (problems.list.length === 0) problems.add(startOf(source), 'the text is empty');
    return { test: null, problems: problems.list, reads: [source.name] };
  }
  if (root.kind !== 'map') {
    problems.add(root.at, 'a policy test is a mapping');
    return { test: null, problems: problems.list, reads: [source.name] };
  }
  const { test, reads } = readRoot(root, source, problems);
  checkNames(test, problems);
  return { test: problems.list.length === 0 ? test : null, problems: problems.list, reads };
}

const startOf = ({ name }: ConfigSource) => ({ file: name, line: 1, column: 1, length: 0 });

function readRoot(root: SourceNode, source: ConfigSource, problems: Problems) {
  const entries = knownEntries(root, 'a policy test', KEYS, problems);
  const folder = dirname(source.name);
  const clock = entries.get('clock');
  const nowMs = clock === undefined ? DEFAULT_NOW : instantOf(clock, '`clock`', problems);
  const patterns = readPatterns(entries.get('config'), root, folder, problems);
  const issuers = readIssuers(entries.get('issuers'), folder, problems);
  const tokens = readTokens(entries.get('tokens'), folder, problems);
  const files = [
    source.name,
    ...patterns.map(({ path }) => path),
    ...[...issuers.values()].map((one) => one.jwksFile),
    ...[...tokens.values()].map((one) => one.file),
  ];
  const test: PolicyTest = {
    file: source.name,
    configs: patterns.flatMap((pattern) => filesOf(pattern, problems)),
    workload: optionalText(entries.get('workload'), '`workload`', problems),
    gateway: optionalText(entries.get('gateway'), '`gateway`', problems),
    upstream: optionalText(entries.get('upstream'), '`upstream`', problems),
    nowMs,
    issuers,
    tokens,
    cases: readAllCases(entries, root, source, nowMs, problems),
  };
  return { test, reads: files.filter((file) => file !== undefined) };
}

interface Pattern {
  path: string;
  written: string;
  at: Position;
}

function readPatterns(
  node: SourceNode | undefined,
  root: SourceNode,
  folder: string,
  problems: Problems,
): Pattern[] {
  if (node === undefined) {
    problems.add(root.at, 'a policy test needs `config`: the files that it is about');
    return [];
  }
  return textsOf(node, '`config`', problems).map((written) => ({
    path: pathIn(folder, written),
    written,
    at: node.at,
  }));
}

function filesOf({ path, written, at }: Pattern, problems: Problems): string[] {
  if (!/[*?[{]/.test(written)) return [path];
  const found = globSync(path).sort();
  if (found.length === 0) problems.add(at, `no file is called \`${written}\``);
  return found;
}

function readAllCases(
  entries: ReadonlyMap<string, SourceNode>,
  root: SourceNode,
  source: ConfigSource,
  nowMs: number,
  problems: Problems,
): PolicyCase[] {
  const [table, cases] = [entries.get('table'), entries.get('cases')];
  const read: PolicyCase[] = [];
  if (table?.kind === 'scalar') read.push(...readTable(table, source.text.split(/\r?\n/), nowMs, problems));
  else if (table !== undefined) problems.add(table.at, '`table` is a text: write `table: |`');
  if (cases !== undefined) read.push(...readCases(cases, nowMs, problems));
  if (read.length === 0 && problems.list.length === 0) {
    problems.add(root.at, 'there is neither a `table` nor a case');
  }
  return read;
}

function checkNames({ issuers, tokens, cases }: PolicyTest, problems: Problems): void {
  for (const { at, issuer, text } of tokens.values()) {
    if (text !== undefined || issuer === undefined) continue;
    if (!issuers.has(issuer)) problems.add(at, `there is no issuer \`${issuer}\``);
    else if (issuers.get(issuer)?.jwksFile !== undefined) {
      problems.add(at, `issuer \`${issuer}\` has keys of its own, which nothing can be signed with here`);
    }
  }
  for (const policyCase of cases) {
    const { at, request } = policyCase;
    checkRequest(policyCase, problems);
    for (const name of tokenNamesIn(request)) {
      if (!tokens.has(name)) problems.add(at, `there is no token \`${name}\``);
    }
  }
}

/** The tokens that a request is sent with. */
export function tokenNamesIn({ headers, as }: AskedOf): string[] {
  const named = headers.flatMap((line) =>
    [...line.matchAll(/\{token:([^}]+)\}/g)].map((found) => found[1] as string),
  );
  return as === null ? named : [as, ...named];
}
