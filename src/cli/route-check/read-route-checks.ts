import type { HeaderMatcher } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { HeaderMatcherSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { type ConfigSource, decodeNode, parseYaml, type SourceNode } from '../../control/config/index.ts';
import { Findings, Provenance } from '../../resources/index.ts';
import type { PolicyCase, PolicyTest } from '../policy-test/policy-test.ts';
import { readRandomValue } from '../policy-test/read-cases.ts';
import { knownEntries, optionalText, Problems, textOf } from '../policy-test/read-node.ts';

/** What is wanted of the route that a request gets. Empty texts want nothing to be there. */
export interface RouteWanted {
  cluster?: string | undefined;
  virtualHost?: string | undefined;
  path?: string | undefined;
  host?: string | undefined;
  redirect?: string | undefined;
  redirectCode?: number | undefined;
  requestMatchers: readonly HeaderMatcher[];
  responseMatchers: readonly HeaderMatcher[];
}

export interface ReadRouteChecks {
  test: PolicyTest | null;
  problems: Problems['list'];
  reads: readonly string[];
  /** Words of the format that have no part here, each once. */
  passedOver: readonly string[];
}

/** Whether a text is of the shape that Envoy's `router_check_tool` takes: `tests` with a `test_name` each, or a bare list of such. */
export const looksLikeRouteChecks = ({ text }: ConfigSource): boolean =>
  /["']?\btest_name["']?\s*:/.test(text) && !/^["']?(?:table|cases)["']?\s*:/m.test(text);

/**
 * Reads checks of routes, YAML or JSON, in the present shape and the one before (`additional_headers`, `header_fields`, `:path`).
 * @param configs what the routes are in
 */
export function readRouteChecks(source: ConfigSource, configs: readonly string[]): ReadRouteChecks {
  const problems = new Problems();
  const findings = new Findings();
  const reader = new Reader(problems, findings);
  const [root] = parseYaml(source, { findings });
  const cases = root === undefined ? [] : reader.readRoot(root);
  for (const { at, message } of findings.list) if (at !== undefined) problems.add(at, message);
  if (cases.length === 0 && problems.list.length === 0) {
    problems.add({ file: source.name, line: 1, column: 1, length: 0 }, 'there is no test');
  }
  const test = { ...EMPTY, file: source.name, configs, cases };
  return {
    test: problems.list.length === 0 ? test : null,
    problems: problems.list,
    reads: [source.name, ...configs],
    passedOver: [...reader.passedOver].sort(),
  };
}

const EMPTY: Omit<PolicyTest, 'file' | 'configs' | 'cases'> = {
  routesOnly: true,
  workload: undefined,
  gateway: undefined,
  upstream: undefined,
  nowMs: 0,
  issuers: new Map(),
  tokens: new Map(),
};

const INPUT = ['authority', 'path', 'method', 'ssl', ':authority', ':path', ':method'];
const INPUT_CHANCE = 'random_value';
const INPUT_HEADERS = ['additional_request_headers', 'additional_headers'];
const INPUT_WITHOUT_PART = ['internal', 'runtime', 'additional_response_headers'];
const WANTED = [
  'cluster_name',
  'virtual_host_name',
  'path_rewrite',
  'host_rewrite',
  'path_redirect',
  'code_redirect',
];
const MATCHERS = ['request_header_matches', 'response_header_matches'];
/** The shape before: fields of the request that have a value, and of the response. */
const FIELDS = ['header_fields', 'request_header_fields', 'custom_header_fields', 'response_header_fields'];
const WANTED_WITHOUT_PART = ['virtual_cluster_name', 'dynamic_metadata', 'timeout'];

type Entries = ReadonlyMap<string, SourceNode>;

class Reader {
  readonly passedOver = new Set<string>();
  readonly #problems: Problems;
  readonly #findings: Findings;

  constructor(problems: Problems, findings: Findings) {
    this.#problems = problems;
    this.#findings = findings;
  }

  readRoot(root: SourceNode): PolicyCase[] {
    const list =
      root.kind === 'map'
        ? knownEntries(root, 'a file of checks', ['tests'], this.#problems).get('tests')
        : root;
    if (list?.kind === 'list') return list.items.flatMap((item) => this.#readCase(item));
    this.#problems.add((list ?? root).at, '`tests` is a list');
    return [];
  }

  #readCase(node: SourceNode): PolicyCase[] {
    const entries = this.#entriesOf(node, 'a test', ['test_name', 'input', 'validate']);
    const [input, validate] = [entries.get('input'), entries.get('validate')];
    if (input === undefined || validate === undefined) {
      this.#problems.add(node.at, 'a test needs `input` and `validate`');
      return [];
    }
    const request = this.#readInput(input);
    const name = this.#text(entries, 'test_name') ?? `${request.method} ${request.url}`;
    const expect = { route: this.#readWanted(validate) };
    return [{ name, at: node.at, request, nowMs: 0, repeat: 1, expect, expectLast: undefined }];
  }

  #readInput(node: SourceNode): PolicyCase['request'] {
    const entries = this.#entriesOf(
      node,
      '`input`',
      [...INPUT, INPUT_CHANCE, ...INPUT_HEADERS],
      INPUT_WITHOUT_PART,
    );
    const word = (name: string) => this.#text(entries, name) ?? this.#text(entries, `:${name}`);
    const [authority, path] = [word('authority'), word('path')];
    if (!authority || !path) this.#problems.add(node.at, '`input` needs `authority` and `path`');
    const scheme = this.#text(entries, 'ssl') === 'true' ? 'https' : 'http';
    return {
      method: word('method') ?? 'GET',
      url: `${scheme}://${authority ?? 'a'}${path ?? '/'}`,
      as: null,
      tokenIn: { kind: 'header', name: 'authorization', prefix: 'Bearer ' },
      headers: INPUT_HEADERS.flatMap((name) => this.#pairs(entries.get(name))).map(
        ({ key, value }) => `${key}: ${value}`,
      ),
      peer: undefined,
      listener: undefined,
      randomValue: readRandomValue(entries.get(INPUT_CHANCE), this.#problems) ?? 0,
    };
  }

  #readWanted(node: SourceNode): RouteWanted {
    const entries = this.#entriesOf(
      node,
      '`validate`',
      [...WANTED, ...MATCHERS, ...FIELDS],
      WANTED_WITHOUT_PART,
    );
    if (entries.size === 0) this.#problems.add(node.at, '`validate` wants nothing');
    const code = this.#text(entries, 'code_redirect');
    return {
      cluster: this.#text(entries, 'cluster_name'),
      virtualHost: this.#text(entries, 'virtual_host_name'),
      path: this.#text(entries, 'path_rewrite'),
      host: this.#text(entries, 'host_rewrite'),
      redirect: this.#text(entries, 'path_redirect'),
      redirectCode: code === undefined ? undefined : Number(code),
      requestMatchers: [
        ...this.#matchers(entries.get('request_header_matches')),
        ...FIELDS.slice(0, 3).flatMap((name) => this.#fields(entries.get(name))),
      ],
      responseMatchers: [
        ...this.#matchers(entries.get('response_header_matches')),
        ...this.#fields(entries.get('response_header_fields')),
      ],
    };
  }

  #entriesOf(
    node: SourceNode,
    what: string,
    known: readonly string[],
    withoutPart: readonly string[] = [],
  ): Entries {
    const entries = knownEntries(node, what, [...known, ...withoutPart], this.#problems);
    for (const name of withoutPart) if (entries.has(name)) this.passedOver.add(name);
    return entries;
  }

  #text(entries: Entries, name: string): string | undefined {
    return optionalText(entries.get(name), `\`${name}\``, this.#problems);
  }

  #items(node: SourceNode | undefined): readonly SourceNode[] {
    if (node === undefined || node.kind === 'list') return node?.items ?? [];
    this.#problems.add(node.at, 'this is a list');
    return [];
  }

  /** `{key: …, value: …}`, before that `{field: …, value: …}`; in the newest shape inside a `header`. */
  #pairs(node: SourceNode | undefined): { key: string; value: string }[] {
    return this.#items(node).flatMap((item) => {
      const entries = knownEntries(
        item,
        'a header',
        ['key', 'field', 'value', 'header', 'append', 'append_action'],
        this.#problems,
      );
      const inner = entries.get('header');
      const own =
        inner === undefined ? entries : knownEntries(inner, 'a header', ['key', 'value'], this.#problems);
      const key = own.get('key') ?? own.get('field');
      const value = own.get('value');
      if (key === undefined) this.#problems.add(item.at, 'a header needs `key`');
      const text = (one: SourceNode | undefined) =>
        one === undefined ? '' : textOf(one, 'a header', this.#problems);
      return [{ key: text(key).toLowerCase(), value: text(value) }];
    });
  }

  #matchers(node: SourceNode | undefined): HeaderMatcher[] {
    const options = { findings: this.#findings, provenance: new Provenance() };
    return this.#items(node).flatMap((item) => decodeNode(HeaderMatcherSchema, item, options) ?? []);
  }

  /** A field that is to have a value; an empty one is to be absent. */
  #fields(node: SourceNode | undefined): HeaderMatcher[] {
    return this.#pairs(node).map(({ key, value }): HeaderMatcher => {
      const specifier: HeaderMatcher['headerMatchSpecifier'] =
        value === '' ? { case: 'presentMatch', value: false } : { case: 'exactMatch', value };
      return {
        $typeName: 'envoy.config.route.v3.HeaderMatcher',
        name: key,
        headerMatchSpecifier: specifier,
        invertMatch: false,
        treatMissingHeaderAsEmpty: false,
      };
    });
  }
}
