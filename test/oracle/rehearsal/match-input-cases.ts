import { at, bool, call, id, int, is, on, select, text } from './cel-words.ts';
import { type Case, rbac, type Scene } from './scene.ts';

const TYPE = 'type.googleapis.com';
const NETWORK = 'envoy.extensions.matching.common_inputs.network.v3';
const SSL = 'envoy.extensions.matching.common_inputs.ssl.v3';

const extension = (type: string, fields: object = {}) => ({
  name: 'x',
  typed_config: { '@type': `${TYPE}/${type}`, ...fields },
});
const header = (header_name: string) =>
  extension('envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name });
const action = (kind: string, name = kind.toLowerCase()) => ({
  action: extension('envoy.config.rbac.v3.Action', { name, action: kind }),
});
const allow = action('ALLOW');
const deny = action('DENY');
const any = { value_match: { safe_regex: { google_re2: {}, regex: '.*' } } };
const single = (input: object, match: object = any) => ({ single_predicate: { input, ...match } });
const list = (members: [predicate: object, on_match: object][], otherwise?: object) => ({
  matcher_list: { matchers: members.map(([predicate, on_match]) => ({ predicate, on_match })) },
  ...(otherwise === undefined ? {} : { on_no_match: otherwise }),
});
const not = (predicate: object) => ({ not_matcher: predicate });
const or = (...predicate: object[]) => ({ or_matcher: { predicate } });
const and = (...predicate: object[]) => ({ and_matcher: { predicate } });
const when = (name: string, value: string, then: object) => ({
  matcher: list([[single(header(name), { value_match: { exact: value } }), then]]),
});
const range = ([address_prefix, length]: readonly [string, number?]) => ({
  address_prefix,
  ...(length === undefined ? {} : { prefix_len: length }),
});
const inRanges = (...ranges: (readonly [string, number?])[]) => ({
  custom_match: extension('envoy.extensions.matching.input_matchers.ip.v3.Ip', {
    stat_prefix: 'x',
    cidr_ranges: ranges.map(range),
  }),
});
const isMetadata = (value: object, invert = false) => ({
  custom_match: extension('envoy.extensions.matching.input_matchers.metadata.v3.Metadata', { value, invert }),
});
const customTree = (input: object, custom_match: object, otherwise?: object) => ({
  matcher_tree: { input, custom_match },
  ...(otherwise === undefined ? {} : { on_no_match: otherwise }),
});
type Range = [ranges: (readonly [string, number?])[], on_match: object, more?: object];
const byRange = (...members: Range[]) =>
  extension('xds.type.matcher.v3.IPMatcher', {
    range_matchers: members.map(([ranges, on_match, more = {}]) => ({
      ranges: ranges.map(range),
      on_match,
      ...more,
    })),
  });
const byDomain = (...members: [domains: string[], on_match: object][]) =>
  extension('xds.type.matcher.v3.ServerNameMatcher', {
    domain_matchers: members.map(([domains, on_match]) => ({ domains, on_match })),
  });

const x = single(header('x'));
const unknown = single(extension(`${SSL}.UriSanInput`));
const network = (kind: string, fields: object = {}) => extension(`${NETWORK}.${kind}`, fields);
const claim = network('DynamicMetadataInput', { filter: 'f', path: [{ key: 'a' }] });
const nested = network('DynamicMetadataInput', { filter: 'f', path: [{ key: 'b' }, { key: 'c' }] });
const wide = [['10.0.0.0', 8] as const];
const narrow = [['10.1.0.0', 16] as const];

const byCel = (expr: object, kind = 'parsed_expr') =>
  single(extension('xds.type.matcher.v3.HttpAttributesCelMatchInput'), {
    custom_match: extension('xds.type.matcher.v3.CelMatcher', { expr_match: { [kind]: { expr } } }),
  });
const headerIsA = is(at(select(id('request'), 'headers'), text('x')), text('a'));
const isOk = is(select(id('response'), 'code'), int(200));

const gives = (subject: object) => byCel(call('_||_', on(subject, 'matches', text('a')), bool(true)));
const MATCHERS: Record<string, object> = {
  'cel-fault-of-constants': list([[gives(call('_/_', int(1), int(0))), allow]], deny),
  'cel-constant': list([[gives(int(1)), allow]], deny),
  'cel-made-of-constants': list([[gives(call('size', text('a'))), allow]], deny),
  'cel-fault-of-a-header': list([[gives(at(select(id('request'), 'headers'), text('nope'))), allow]], deny),
  cel: list([[byCel(headerIsA), deny]], allow),
  'cel-not': list([[not(byCel(headerIsA, 'cel_expr_parsed')), allow]]),
  'cel-checked': list([[byCel(headerIsA, 'checked_expr'), allow]]),
  'cel-checked-new': list([[byCel(headerIsA, 'cel_expr_checked'), allow]]),
  'cel-response': list([[not(byCel(isOk)), allow]], allow),
  'cel-or-response': list([[byCel(call('_||_', headerIsA, isOk)), allow]], allow),
  'cel-or-response-true': list([[byCel(call('_||_', bool(true), isOk)), allow]], allow),
  'source-ip': list([[single(network('SourceIPInput'), { value_match: { exact: '127.0.0.1' } }), allow]]),
  'source-ip-range': list([[single(network('SourceIPInput'), inRanges(['127.0.0.0', 8])), allow]]),
  'source-ip-mapped': list([[single(network('SourceIPInput'), inRanges(['10.0.0.0', 8])), allow]]),
  'source-port': list([[single(network('SourcePortInput'), { value_match: { exact: '0' } }), allow]]),
  'direct-ip': list([
    [single(network('DirectSourceIPInput'), { value_match: { exact: '127.0.0.1' } }), allow],
  ]),
  'filter-state': list([[single(network('FilterStateInput', { key: 'k' })), deny]], allow),
  namespace: list([[single(network('NetworkNamespaceInput')), deny]], allow),
  'no-tls': list([[unknown, deny]], allow),
  'no-tls-dns': list([[single(extension(`${SSL}.DnsSanInput`)), deny]], allow),
  'no-tls-subject': list([[not(single(extension(`${SSL}.SubjectInput`))), allow]], allow),
  'no-tls-then': list([
    [unknown, deny],
    [x, allow],
  ]),
  'no-tls-or': list([[or(unknown, x), allow]], allow),
  'or-no-tls': list([[or(x, unknown), allow]], allow),
  'no-tls-and': list([[and(unknown, x), allow]], allow),
  'and-no-tls': list([[and(x, unknown), allow]], allow),
  'no-tls-inside': list([[x, { matcher: list([[unknown, allow]]) }]], allow),
  'no-tls-tree': {
    matcher_tree: { input: extension(`${SSL}.UriSanInput`), exact_match_map: { map: { a: allow } } },
    on_no_match: allow,
  },
  'no-tls-in-tree': {
    matcher_tree: {
      input: header('x'),
      prefix_match_map: { map: { a: { matcher: list([[unknown, allow]]) }, '': allow } },
    },
    on_no_match: allow,
  },
  'metadata-text': list([[single(claim, { value_match: { exact: 'x' } }), deny]], allow),
  'metadata-ip': list([[single(claim, inRanges(['0.0.0.0', 0])), deny]], allow),
  metadata: list([[single(claim, isMetadata({ string_match: { exact: 'x' } })), allow]]),
  'metadata-not': list([[single(claim, isMetadata({ string_match: { exact: 'x' } }, true)), allow]]),
  'metadata-nested': list([
    [single(nested, isMetadata({ list_match: { one_of: { double_match: { exact: 2 } } } })), allow],
  ]),
  'metadata-missing': list([
    [
      single(
        network('DynamicMetadataInput', { filter: 'f', path: [{ key: 'none' }] }),
        isMetadata({ present_match: true }, true),
      ),
      allow,
    ],
  ]),
  'metadata-of-text': list(
    [[single(header('x'), isMetadata({ string_match: { exact: 'a' } }, true)), deny]],
    allow,
  ),
  'metadata-tree': {
    matcher_tree: { input: claim, exact_match_map: { map: { x: deny } } },
    on_no_match: allow,
  },
  ranges: customTree(header('x'), byRange([wide, allow], [narrow, deny])),
  'ranges-nested': customTree(header('x'), byRange([wide, allow], [narrow, when('y', '1', deny)])),
  'ranges-exclusive': customTree(
    header('x'),
    byRange([wide, allow, { exclusive: true }], [narrow, when('y', '1', deny)]),
  ),
  'ranges-equal': customTree(header('x'), byRange([wide, allow], [wide, deny])),
  'ranges-mixed': customTree(
    header('x'),
    byRange(
      [[...wide, ['::', 0]], allow],
      [
        [
          ['::1', 128],
          ['10.2.0.0', 16],
        ],
        deny,
      ],
    ),
  ),
  'ranges-otherwise': customTree(header('x'), byRange([wide, deny]), allow),
  domains: customTree(
    header('x'),
    byDomain([['a.b', '*.c'], allow], [['*.d.c'], deny], [['e.d.c'], when('y', '1', allow)]),
  ),
  'domains-any': customTree(header('x'), byDomain([['a.b'], when('y', '1', deny)], [['*'], allow])),
};

const SENT: Record<string, readonly (readonly [string, string])[]> = {
  nothing: [],
  'an empty one': [['x', '']],
  ...Object.fromEntries(
    [
      'a',
      '10.1.2.3',
      '10.2.2.3',
      '::1',
      '::ffff:10.0.0.1',
      '10.0.0.1,10.0.0.2',
      'a.b',
      'A.B',
      'x.c',
      'c',
      'x.d.c',
      'e.d.c',
      'f.e.d.c',
    ].map((value) => [value, [['x', value]]] as const),
  ),
  'narrow and y': [
    ['x', '10.1.2.3'],
    ['y', '1'],
  ],
  'a.b and y': [
    ['x', 'a.b'],
    ['y', '1'],
  ],
  'e.d.c and y': [
    ['x', 'e.d.c'],
    ['y', '1'],
  ],
  'another client': [['x-forwarded-for', '10.0.0.1']],
  'a mapped client': [['x-forwarded-for', '::ffff:10.0.0.1']],
};

const metadata = {
  type: `${TYPE}/envoy.extensions.filters.http.set_metadata.v3.Config`,
  metadata: [{ metadata_namespace: 'f', value: { a: 'x', b: { c: [1, 2] } } }],
};

export const matchInputScenes: readonly Scene[] = Object.entries(MATCHERS).map(([name, matcher]) => ({
  name: `input-${name}`,
  filters: [metadata, rbac({ matcher })],
}));
export const matchInputCases: readonly Case[] = Object.keys(MATCHERS).flatMap((name) =>
  Object.entries(SENT).map(([sent, headers]) => ({
    name: sent,
    scene: `input-${name}`,
    request: { path: '/', headers },
  })),
);
