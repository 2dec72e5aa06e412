import { type Case, rbac, type Scene } from './scene.ts';

const input = (header_name: string) => ({
  name: 'input',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput',
    header_name,
  },
});
const network = (kind: string) => ({
  name: 'input',
  typed_config: { '@type': `type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.${kind}` },
});
const action = (kind: string, name: string = kind.toLowerCase()) => ({
  action: {
    name: 'action',
    typed_config: { '@type': 'type.googleapis.com/envoy.config.rbac.v3.Action', name, action: kind },
  },
});
const single = (from: object, value_match: object) => ({ single_predicate: { input: from, value_match } });
const header = (name: string, value: string) => single(input(name), { exact: value });
const list = (matchers: object[], more: object = {}) => ({ matcher_list: { matchers }, ...more });
const when = (predicate: object, on_match: object) => ({ predicate, on_match });
const tree = (
  kind: 'exact_match_map' | 'prefix_match_map',
  from: object,
  map: object,
  more: object = {},
) => ({
  matcher_tree: { input: from, [kind]: { map } },
  ...more,
});
const allow = action('ALLOW');
const deny = action('DENY');

const MATCHERS: Record<string, object> = {
  header: list([when(header('x-a', '1'), allow)]),
  'first-counts': list([when(header('x-a', '1'), deny), when(header('x-b', '1'), allow)]),
  otherwise: list([when(header('x-a', '1'), deny)], { on_no_match: allow }),
  log: list([when(header('x-a', '1'), action('LOG'))]),
  not: list([when({ not_matcher: header('x-a', '1') }, allow)]),
  or: list([when({ or_matcher: { predicate: [header('x-a', '1'), header('x-b', '1')] } }, allow)]),
  and: list([when({ and_matcher: { predicate: [header('x-a', '1'), header('x-b', '1')] } }, allow)]),
  prefix: list([when(single(input('x-a'), { prefix: '1' }), allow)]),
  'any-case': list([when(single(input('x-a'), { exact: 'A', ignore_case: true }), allow)]),
  regex: list([when(single(input('x-a'), { safe_regex: { google_re2: {}, regex: '1.*' } }), allow)]),
  path: list([when(single(input(':path'), { prefix: '/p' }), allow)]),
  nested: list([
    when(header('x-a', '1'), { matcher: list([when(header('x-b', '1'), deny)]) }),
    when(header('x-a', '1'), allow),
  ]),
  'nested-otherwise': list([when(header('x-a', '1'), { matcher: list([when(header('x-b', '1'), deny)]) })], {
    on_no_match: allow,
  }),
  exact: tree('exact_match_map', input('x-a'), { 1: allow, 2: deny }),
  'exact-otherwise': tree('exact_match_map', input('x-a'), { 1: deny }, { on_no_match: allow }),
  'exact-nested': tree(
    'exact_match_map',
    input('x-a'),
    { 1: { matcher: list([when(header('x-b', '1'), deny)]) } },
    { on_no_match: allow },
  ),
  prefixes: tree('prefix_match_map', input('x-a'), { 1: allow, 11: deny }),
  'prefixes-nested': tree('prefix_match_map', input('x-a'), {
    1: allow,
    11: { matcher: list([when(header('x-b', '1'), deny)]) },
  }),
  address: tree('exact_match_map', network('DestinationIPInput'), { '127.0.0.1': allow }),
  port: tree('exact_match_map', network('DestinationPortInput'), { 1: allow }, { on_no_match: deny }),
  'server-name': list([when(single(network('ServerNameInput'), { prefix: 'a' }), deny)], {
    on_no_match: allow,
  }),
};

const SENT: Record<string, readonly (readonly [string, string])[]> = {
  nothing: [],
  a: [['x-a', '1']],
  b: [['x-b', '1']],
  both: [
    ['x-a', '1'],
    ['x-b', '1'],
  ],
  'a twice': [
    ['x-a', '1'],
    ['x-a', '2'],
  ],
  'a longer': [['x-a', '11']],
  'a longer and b': [
    ['x-a', '11'],
    ['x-b', '1'],
  ],
  'another a': [['x-a', '2']],
  'a letter': [['x-a', 'a']],
};

/** Rules beside a matcher do not count. */
const rules = {
  action: 'ALLOW',
  policies: { all: { permissions: [{ any: true }], principals: [{ any: true }] } },
};

export const matchTreeScenes: readonly Scene[] = Object.entries(MATCHERS).map(([name, matcher]) => ({
  name: `matcher-${name}`,
  filters: [rbac({ matcher, rules })],
}));
export const matchTreeCases: readonly Case[] = Object.keys(MATCHERS).flatMap((name) =>
  Object.entries(SENT).map(([sent, headers]) => ({
    name: sent,
    scene: `matcher-${name}`,
    request: { path: '/p?q', headers },
  })),
);
