import { ENABLED_TEXTS, PLAIN_TEXTS } from './cel-texts.ts';
import {
  at,
  bool,
  bytes,
  call,
  double,
  has,
  id,
  int,
  is,
  list,
  map,
  nothing,
  on,
  select,
  text,
  uint,
} from './cel-words.ts';
import { parseCel } from './parse-cel.ts';
import { type Case, rbac, type Scene } from './scene.ts';

const request = (field: string) => select(id('request'), field);
const of = (root: string, field: string) => select(id(root), field);
const header = at(request('headers'), text('x'));
const json = (key: string) => at(at(of('metadata', 'filter_metadata'), text('f')), text(key));
const op = (name: string) => (a: object, b: object) => call(`_${name}_`, a, b);
const [plus, minus, times, over, rest] = ['+', '-', '*', '/', '%'].map(op) as [
  ReturnType<typeof op>,
  ReturnType<typeof op>,
  ReturnType<typeof op>,
  ReturnType<typeof op>,
  ReturnType<typeof op>,
];
const INT_MAX = '9223372036854775807';
const INT_MIN = '-9223372036854775808';
const UINT_MAX = '18446744073709551615';
/** Whether it comes to a value at all. */
const sound = (one: object) => call('_||_', is(one, one), bool(true));
const faulty = (one: object) => call('!_', call('_&&_', call('_!=_', one, one), bool(false)));

/** Each under its own path. */
const CONDITIONS: Record<string, object> = {
  'source-address': is(of('source', 'address'), text('10.0.0.1:0')),
  'source-address-6': is(of('source', 'address'), text('[::1]:0')),
  'source-loopback': on(of('source', 'address'), 'startsWith', text('127.0.0.1:')),
  'source-port': is(of('source', 'port'), int(0)),
  'source-port-above': call('_>_', of('source', 'port'), int(0)),
  'source-nope': is(of('source', 'nope'), text('')),
  'has-source-nope': has(id('source'), 'nope'),
  'destination-address': on(of('destination', 'address'), 'startsWith', text('127.0.0.1:')),
  'destination-port': call('_>_', of('destination', 'port'), int(1000)),
  mtls: is(of('connection', 'mtls'), bool(false)),
  sni: is(of('connection', 'requested_server_name'), text('')),
  'has-sni': has(id('connection'), 'requested_server_name'),
  'peer-subject': is(of('connection', 'subject_peer_certificate'), text('')),
  'has-peer-subject': has(id('connection'), 'subject_peer_certificate'),
  'peer-uri': has(id('connection'), 'uri_san_peer_certificate'),
  'peer-dns': has(id('connection'), 'dns_san_peer_certificate'),
  termination: has(id('connection'), 'termination_details'),
  'connection-index': is(at(id('connection'), text('mtls')), bool(false)),
  protocol: is(request('protocol'), text('HTTP/1.1')),
  size: is(request('size'), int(0)),
  'size-5': is(request('size'), int(5)),
  'request-nope': has(id('request'), 'nope'),
  'request-nope-value': is(request('nope'), text('')),
  'request-index': is(at(id('request'), text('method')), text('GET')),
  'request-on-index': is(on(id('request'), '_[_]', text('method')), text('GET')),
  'fragmentless-path': is(request('url_path'), text('/fragmentless-path')),
  response: is(of('response', 'code'), int(200)),
  'has-response': has(id('response'), 'code'),
  'response-flags': is(of('response', 'flags'), int(0)),
  'response-size': is(of('response', 'size'), int(0)),
  'response-total-size': is(of('response', 'total_size'), int(0)),
  'response-grpc': has(id('response'), 'grpc_status'),
  'response-latency': has(id('response'), 'backend_latency'),
  'filter-state': is(at(id('filter_state'), text('k')), text('')),
  'has-filter-state': has(id('filter_state'), 'k'),
  'in-filter-state': call('@in', text('k'), id('filter_state')),
  'route-name': is(of('xds', 'route_name'), text('the route')),
  'has-route-name': has(id('xds'), 'route_name'),
  'route-metadata': is(
    at(at(select(of('xds', 'route_metadata'), 'filter_metadata'), text('f')), text('tier')),
    text('gold'),
  ),
  'has-route-metadata': has(select(of('xds', 'route_metadata'), 'filter_metadata'), 'f'),
  unknown: id('unknown'),
  'unknown-member': is(select(id('unknown'), 'x'), text('')),
  'unknown-or-true': call('_||_', id('unknown'), bool(true)),
  'has-unknown': has(id('unknown'), 'x'),
  'not-has-unknown': call('!_', has(id('unknown'), 'x')),
  'metadata-nope': has(id('metadata'), 'nope'),
  'header-in': call('in', text('x'), request('headers')),
  'header-in-under': call('_in_', text('X'), request('headers')),
  'header-on-index': is(on(request('headers'), '_[_]', text('x')), text('abc')),

  matches: on(header, 'matches', text('b.')),
  'matches-free': call('matches', header, text('^a.c$')),
  'matches-whole': on(header, 'matches', text('^b$')),
  'matches-any': on(header, 'matches', text('')),
  'matches-unicode': on(json('accent'), 'matches', text('^.$')),
  'matches-number': on(json('number'), 'matches', text('.')),
  'contains-free': call('contains', header, text('b')),
  'starts-free': call('startsWith', header, text('a')),
  'ends-on': on(header, 'endsWith', text('c')),
  'size-on': is(on(header, 'size'), int(3)),
  'size-map': is(call('size', json('object')), int(2)),
  'size-bytes': is(call('size', bytes('é')), int(2)),
  'size-number': is(call('size', json('number')), int(1)),

  'double-is-int': is(double(1), int(1)),
  'double-is-uint': is(double(1), uint(1)),
  'uint-is-int': is(uint(1), int(1)),
  'uint-is-text': is(uint(1), text('1')),
  'double-below-int': call('_<_', double(0.5), int(1)),
  'int-below-uint': call('_<_', int(-1), uint(0)),
  'uint-max': call('_>_', uint(UINT_MAX), int(INT_MAX)),
  'big-double': is(double('9007199254740993'), int('9007199254740993')),
  nan: is(double('NaN'), double('NaN')),
  'nan-not': call('_!=_', double('NaN'), double('NaN')),
  'nan-below': call('_<_', double('NaN'), double(1)),
  'nan-not-below': call('!_', call('_<_', double('NaN'), double(1))),
  'nan-above-int': call('_>=_', double('NaN'), int(1)),
  'infinite-above': call('_>_', double('Infinity'), int(INT_MAX)),
  'bool-below': call('_<_', bool(false), bool(true)),
  'bytes-below': call('_<_', bytes('a'), bytes('b')),
  'bytes-is': is(bytes('a'), bytes('a')),
  'bytes-is-text': is(bytes('a'), text('a')),
  'text-below': call('_<_', text('a'), text('é')),
  'list-below': faulty(call('_<_', list(int(1)), list(int(2)))),
  'null-below': call('_<_', nothing, nothing),
  'null-is-missing': is(json('missing'), nothing),
  'lists-is': is(list(int(1), text('a')), list(double(1), text('a'))),
  'lists-differ': call('_!=_', list(int(1)), list(int(1), int(2))),
  'json-list': is(json('list'), list(int(1), text('b'), nothing)),
  'json-map': is(json('object'), map([text('a'), int(1)], [text('b'), list(bool(true))])),
  'json-map-differs': call('_!=_', json('object'), map([text('a'), int(1)], [text('c'), list(bool(true))])),
  'map-is-text': is(json('object'), text('a')),
  'map-at': is(at(map([text('a'), int(1)]), text('a')), int(1)),
  'map-select': is(select(map([text('a'), int(1)]), 'a'), int(1)),
  'map-has': has(map([text('a'), int(1)]), 'a'),
  'map-has-not': call('!_', has(map([text('a'), int(1)]), 'b')),
  'map-missing': is(at(map([text('a'), int(1)]), text('b')), int(1)),
  'map-int': is(at(map([int(1), text('a')]), int(1)), text('a')),
  'map-int-uint': is(at(map([int(1), text('a')]), uint(1)), text('a')),
  'map-int-double': is(at(map([int(1), text('a')]), double(1)), text('a')),
  'map-int-half': is(at(map([int(1), text('a')]), double(1.5)), text('a')),
  'map-bool': is(at(map([bool(true), text('a')]), bool(true)), text('a')),
  'map-null-key': sound(map([nothing, text('a')])),
  'map-double-key': is(call('size', map([double(1), text('a')])), int(1)),
  'map-twice': is(call('size', map([text('a'), int(1)], [text('a'), int(2)])), int(1)),
  'map-mixed-twice': is(call('size', map([int(1), int(1)], [uint(1), int(2)])), int(2)),
  'map-in': call('@in', text('a'), map([text('a'), int(1)])),
  'map-in-uint': call('@in', uint(1), map([int(1), int(1)])),
  'map-in-list': faulty(call('@in', list(), map([int(1), int(1)]))),
  'map-empty': is(call('size', map()), int(0)),
  'map-fault': is(call('size', map([text('a'), json('missing')])), int(1)),
  'list-fault': is(call('size', list(json('missing'))), int(1)),
  'list-fault-in': call('@in', int(1), list(int(1), json('missing'))),
  'list-at-uint': is(at(json('list'), uint(1)), text('b')),
  'list-at-double': is(at(json('list'), double(1)), text('b')),
  'list-at-half': is(at(json('list'), double(1.5)), text('b')),
  'list-at-below': is(at(json('list'), int(-1)), text('b')),
  'list-at-beyond': is(at(json('list'), int(3)), text('b')),
  'list-at-text': is(at(json('list'), text('1')), text('b')),
  'text-at': is(at(header, int(0)), text('a')),
  'in-mixed': call('@in', double(1), list(int(1))),
  'in-text': faulty(call('@in', text('a'), text('abc'))),

  'and-three': call('_&&_', bool(true), bool(true), bool(true)),
  'and-three-false': call('!_', call('_&&_', bool(true), json('missing'), bool(false))),
  'or-three': call('_||_', bool(false), json('missing'), bool(true)),
  'and-fault': call('!_', call('_&&_', json('missing'), bool(true))),
  'strictly-false': call('@not_strictly_false', bool(false)),
  'strictly-true': call('@not_strictly_false', bool(true)),
  'strictly-fault': call('__not_strictly_false__', json('missing')),
  'strictly-text': call('@not_strictly_false', text('')),
  choice: call('_?_:_', is(header, text('abc')), bool(true), bool(false)),
  'choice-lazy': call('_?_:_', bool(true), bool(true), json('missing')),
  'choice-fault': call('_?_:_', bool(false), bool(true), json('missing')),
  'choice-text': call('_?_:_', text('x'), bool(true), bool(true)),
  'choice-value': is(call('_?_:_', has(request('headers'), 'x'), header, text('none')), text('none')),

  plus: is(plus(int(1), int(2)), int(3)),
  'plus-double': is(plus(double(0.1), double(0.2)), double(0.30000000000000004)),
  'plus-json': is(plus(json('number'), double(1)), double(4)),
  'plus-mixed': is(plus(json('number'), int(1)), double(4)),
  'plus-uint': is(plus(uint(1), uint(2)), uint(3)),
  'plus-text': is(plus(text('a'), text('b')), text('ab')),
  'plus-list': is(plus(list(int(1)), list(int(2))), list(int(1), int(2))),
  'plus-over': call('_>_', plus(int(INT_MAX), int(1)), int(0)),
  'plus-over-not': call('_<_', plus(int(INT_MAX), int(1)), int(0)),
  'minus-uint': call('_>=_', minus(uint(1), uint(2)), uint(0)),
  minus: is(minus(int(1), int(2)), int(-1)),
  times: is(times(int(-3), int(2)), int(-6)),
  'times-over': call('_!=_', times(int(INT_MAX), int(2)), int(0)),
  over: is(over(int(-7), int(2)), int(-3)),
  'over-zero': call('_!=_', over(int(1), int(0)), int(0)),
  'over-double': is(over(double(1), double(0)), double('Infinity')),
  'over-least': call('_!=_', over(int(INT_MIN), int(-1)), int(0)),
  rest: is(rest(int(-7), int(2)), int(-1)),
  'rest-zero': call('_!=_', rest(int(1), int(0)), int(0)),
  'rest-least': call('_==_', rest(int(INT_MIN), int(-1)), int(0)),
  'rest-double': is(rest(double(7), double(2)), double(1)),
  'rest-uint': is(rest(uint(7), uint(2)), uint(1)),
  negative: is(call('-_', int(3)), int(-3)),
  'negative-double': is(call('-_', json('number')), int(-3)),
  'negative-uint': call('_!=_', call('-_', uint(3)), int(0)),
  'negative-least': call('_!=_', call('-_', int(INT_MIN)), int(0)),

  'int-text': is(call('int', text('42')), int(42)),
  'int-text-blank': is(call('int', text(' 42 ')), int(42)),
  'int-text-plus': is(call('int', text('+42')), int(42)),
  'int-text-bad': call('_!=_', call('int', text('4x')), int(0)),
  'int-text-real': call('_!=_', call('int', text('4.0')), int(0)),
  'int-double': is(call('int', double(-4.7)), int(-4)),
  'int-double-over': call('_!=_', call('int', double(1e19)), int(0)),
  'int-double-max': call('_!=_', call('int', double('9223372036854775807')), int(0)),
  'int-uint': is(call('int', uint(4)), int(4)),
  'int-uint-over': call('_!=_', call('int', uint(UINT_MAX)), int(0)),
  'int-bool': is(call('int', bool(true)), int(1)),
  'int-json': is(call('int', json('number')), int(3)),
  'uint-int': is(call('uint', int(4)), uint(4)),
  'uint-negative': call('_!=_', call('uint', int(-1)), uint(0)),
  'uint-double': is(call('uint', double(4.9)), uint(4)),
  'uint-text': is(call('uint', text('4')), uint(4)),
  'uint-half-negative': is(call('uint', double(-0.5)), uint(0)),
  'double-text': is(call('double', text('4.5')), double(4.5)),
  'double-text-exp': is(call('double', text('1e3')), double(1000)),
  'double-text-bad': call('_!=_', call('double', text('x')), double(0)),
  'double-text-infinite': is(call('double', text('inf')), double('Infinity')),
  'double-text-nan': call('_!=_', call('double', text('nan')), double(0)),
  'double-text-hex': is(call('double', text('0x10')), double(16)),
  'double-int': is(call('double', int(4)), double(4)),
  'bytes-text': is(call('bytes', text('é')), bytes('é')),
  'double-text-nan-word': call('_!=_', call('double', text('-NaN(1)')), double(0)),
  'double-text-hex-power': is(call('double', text('0x1.8p4')), double(24)),
  'double-text-hex-none': call('_!=_', call('double', text('0x')), double(0)),
  'double-text-huge': is(call('double', text('1e400')), double('Infinity')),
  'int-false': is(call('int', bool(false)), int(0)),
  'uint-bool': call('_!=_', call('uint', bool(true)), uint(7)),
  'int-double-least': call('_!=_', call('int', double('-9223372036854775808')), int(0)),
  'int-text-least': is(call('int', text(INT_MIN)), int(INT_MIN)),
  'uint-text-minus': call('_!=_', call('uint', text('-0')), uint(7)),
  'double-above-max': call('_>_', double('9223372036854775808'), int(INT_MAX)),
  'double-is-max': is(double('9223372036854775808'), int(INT_MAX)),
  'map-uint-int': is(at(map([uint(1), text('a')]), int(1)), text('a')),
  'map-mixed-double': is(at(map([uint(1), text('a')], [int(1), text('b')]), double(1)), text('b')),
  dyn: is(call('dyn', text('a')), text('a')),
};

/** With all that `cel_config` can allow. */
const ENABLED: Record<string, object> = {
  'string-int': is(call('string', int(-4)), text('-4')),
  'string-uint': is(call('string', uint(4)), text('4')),
  'string-bool': is(call('string', bool(true)), text('true')),
  'string-text': is(call('string', text('a')), text('a')),
  'string-bytes': is(call('string', bytes('é')), text('é')),
  'string-null': call('_!=_', call('string', nothing), text('')),
  'string-whole': is(call('string', json('number')), text('3')),
  'string-half': is(call('string', double(0.5)), text('0.5')),
  ...Object.fromEntries(
    (
      [
        ['1e+06', 1e6],
        ['100000', 1e5],
        ['1.23456789e+08', 123456789],
        ['0.0001', 1e-4],
        ['1e-05', 1e-5],
        ['1.2345678901234568e+18', 1.2345678901234568e18],
        ['5e-324', 5e-324],
        ['nan', 'NaN'],
        ['inf', 'Infinity'],
        ['-inf', '-Infinity'],
        ['-0', '-0'],
      ] as const
    ).map(([said, value]) => [`string-${said}`, is(call('string', double(value)), text(said))]),
  ),
  'string-bad-bytes': call('_!=_', call('string', { const_expr: { bytes_value: '/w==' } }), text('')),
  'split-nothing': is(on(text(''), 'split', text('')), list(text(''))),
  'trim-next-line': is(on(text('\u0085a\u3000'), 'trim'), text('a')),
  'index-of-below': call('_!=_', on(text('ab'), 'indexOf', text('a'), int(-1)), int(7)),
  'last-index-of-beyond': call('_!=_', on(text('ab'), 'lastIndexOf', text('a'), int(5)), int(7)),
  concat: is(plus(text('a'), header), text('aabc')),
  'concat-bytes': is(plus(bytes('a'), bytes('b')), bytes('ab')),
  'concat-mixed': call('_!=_', plus(text('a'), int(1)), text('')),
  'concat-lists': call('_!=_', plus(list(int(1)), list(int(2))), list()),
  'concat-numbers': is(plus(int(1), int(2)), int(3)),
  lower: is(on(text('AbÉ'), 'lowerAscii'), text('abÉ')),
  upper: is(on(text('abé'), 'upperAscii'), text('ABé')),
  'lower-number': call('_!=_', on(json('number'), 'lowerAscii'), text('')),
  trim: is(on(text(' \t\na b\r '), 'trim'), text('a b')),
  'trim-wide': is(on(text('\u00a0a\u2003'), 'trim'), text('a')),
  'trim-zero-width': is(on(text('\ufeffa'), 'trim'), text('a')),
  reverse: is(on(text('abé'), 'reverse'), text('éba')),
  split: is(on(text('a,b,c'), 'split', text(',')), list(text('a'), text('b'), text('c'))),
  'split-two': is(on(text('a,b,c'), 'split', text(','), int(2)), list(text('a'), text('b,c'))),
  'split-none': is(on(text('a,b'), 'split', text(','), int(0)), list()),
  'split-all': is(on(text('a,b'), 'split', text(','), int(-1)), list(text('a'), text('b'))),
  'split-one': is(on(text('a,b'), 'split', text(','), int(1)), list(text('a,b'))),
  'split-characters': is(on(text('aé'), 'split', text('')), list(text('a'), text('é'))),
  'split-empty': is(on(text(''), 'split', text(',')), list(text(''))),
  'split-in': call('@in', text('b'), on(text('a b c'), 'split', text(' '))),
  join: is(on(list(text('a'), text('b')), 'join'), text('ab')),
  'join-by': is(on(list(text('a'), text('b')), 'join', text('-')), text('a-b')),
  'join-none': is(on(list(), 'join', text('-')), text('')),
  'join-number': call('_!=_', on(list(int(1)), 'join'), text('')),
  replace: is(on(text('aba'), 'replace', text('a'), text('$&')), text('$&b$&')),
  'replace-one': is(on(text('aba'), 'replace', text('a'), text('c'), int(1)), text('cba')),
  'replace-none': is(on(text('aba'), 'replace', text('a'), text('c'), int(0)), text('aba')),
  'replace-all': is(on(text('aba'), 'replace', text('a'), text('c'), int(-1)), text('cbc')),
  'replace-empty': is(on(text('ab'), 'replace', text(''), text('-')), text('-a-b-')),
  'replace-empty-two': is(on(text('ab'), 'replace', text(''), text('-'), int(2)), text('-a-b')),
  'char-at': is(on(text('éb'), 'charAt', int(1)), text('b')),
  'char-at-end': is(on(text('éb'), 'charAt', int(2)), text('')),
  'char-at-beyond': call('_!=_', on(text('éb'), 'charAt', int(3)), text('x')),
  'char-at-below': call('_!=_', on(text('éb'), 'charAt', int(-1)), text('x')),
  substring: is(on(text('éabc'), 'substring', int(1)), text('abc')),
  'substring-to': is(on(text('éabc'), 'substring', int(1), int(2)), text('a')),
  'substring-beyond': call('_!=_', on(text('éabc'), 'substring', int(1), int(5)), text('x')),
  'substring-turned': call('_!=_', on(text('éabc'), 'substring', int(2), int(1)), text('x')),
  'substring-end': is(on(text('abc'), 'substring', int(3)), text('')),
  'index-of': is(on(text('éabab'), 'indexOf', text('b')), int(2)),
  'index-of-from': is(on(text('éabab'), 'indexOf', text('b'), int(3)), int(4)),
  'index-of-none': is(on(text('éabab'), 'indexOf', text('x')), int(-1)),
  'index-of-empty': is(on(text('ab'), 'indexOf', text('')), int(0)),
  'index-of-beyond': is(on(text('ab'), 'indexOf', text('a'), int(5)), int(-1)),
  'last-index-of': is(on(text('éabab'), 'lastIndexOf', text('b')), int(4)),
  'last-index-of-from': is(on(text('éabab'), 'lastIndexOf', text('b'), int(3)), int(2)),
  'last-index-of-empty': is(on(text('ab'), 'lastIndexOf', text('')), int(2)),
  'last-index-of-long': is(on(text('ab'), 'lastIndexOf', text('abc')), int(-1)),
};

/** Under numbers for paths, and with an `n` behind them turned around. */
const byNumber = (texts: readonly string[]): Record<string, object> =>
  Object.fromEntries(
    texts.flatMap((said, index) => [
      [String(index), parseCel(said)],
      [`${index}n`, call('!_', parseCel(said))],
    ]),
  );

const policiesOf = (conditions: Record<string, object>, more: object = {}) => ({
  rules: {
    action: 'ALLOW',
    policies: Object.fromEntries(
      Object.entries(conditions).map(([path, condition]) => [
        path,
        {
          permissions: [{ url_path: { path: { exact: `/${path}` } } }],
          principals: [{ any: true }],
          condition,
          ...more,
        },
      ]),
    ),
  },
});

/** Envoy does not look at `checked_condition`. */
const checked = (expr: object, more: object = {}) => ({
  permissions: [{ any: true }],
  principals: [{ any: true }],
  checked_condition: { expr },
  ...more,
});
const unchecked: readonly Scene[] = Object.entries({
  'checked-false': checked(bool(false)),
  'checked-true': checked(bool(true)),
  'checked-broken': checked(call('nope')),
  'checked-beside': checked(bool(true), { condition: bool(false) }),
}).map(([name, policy]) => ({ name: `cel-${name}`, filters: [rbac({ rules: { policies: { policy } } })] }));

const TYPE = 'type.googleapis.com';
const metadata = {
  type: `${TYPE}/envoy.extensions.filters.http.set_metadata.v3.Config`,
  metadata: [
    {
      metadata_namespace: 'f',
      value: {
        accent: 'é',
        number: 3,
        list: [1, 'b', null],
        object: { a: 1, b: [true] },
        pattern: 'b.',
        t: '2020-01-02T03:04:05Z',
        yes: 'true',
      },
    },
  ],
};
const routeConfig = {
  virtual_hosts: [
    {
      name: 'the host',
      domains: ['*'],
      routes: [
        {
          name: 'the route',
          match: { prefix: '/', headers: [{ name: 'x', string_match: { exact: 'abc' } }] },
          route: { cluster: 'origin' },
          metadata: { filter_metadata: { f: { tier: 'gold' } } },
        },
        { match: { prefix: '/', headers: [{ name: 'x-forwarded-for' }] }, route: { cluster: 'origin' } },
      ],
    },
  ],
};
const enabled = { enable_string_conversion: true, enable_string_concat: true, enable_string_functions: true };

const plainly: Scene = { name: 'cel', filters: [metadata, rbac(policiesOf(CONDITIONS))], routeConfig };
const fully: Scene = {
  name: 'cel-enabled',
  filters: [metadata, rbac(policiesOf(ENABLED, { cel_config: enabled }))],
  routeConfig,
};

const SENT: Record<string, readonly (readonly [string, string])[]> = {
  nothing: [['content-length', '5']],
  'a header': [['x', 'abc']],
  'another client': [['x-forwarded-for', '10.0.0.1']],
  'a client by IPv6': [['x-forwarded-for', '::1']],
};

const casesOf = (scene: Scene, conditions: Record<string, object>): Case[] =>
  Object.keys(conditions).flatMap((path) =>
    Object.entries(SENT).map(([name, headers]) => ({
      name: `${path}, ${name}`,
      scene: scene.name,
      request: { path: `/${path}`, headers },
    })),
  );

const textRoutes = {
  virtual_hosts: [
    {
      name: 'the host',
      domains: ['*'],
      routes: [
        {
          name: 'the route',
          match: { prefix: '/' },
          route: { cluster: 'origin' },
          metadata: { filter_metadata: { f: { tier: 'gold' } } },
        },
      ],
    },
  ],
};
const texts: Scene = {
  name: 'cel-texts',
  filters: [metadata, rbac(policiesOf(byNumber(PLAIN_TEXTS)))],
  routeConfig: textRoutes,
};
const enabledTexts: Scene = {
  name: 'cel-texts-enabled',
  filters: [metadata, rbac(policiesOf(byNumber(ENABLED_TEXTS), { cel_config: enabled }))],
  routeConfig: textRoutes,
};
const TEXT_HEADERS = [
  ['x', 'abc'],
  ['a', '1'],
  ['a', '2'],
  ['pat', '^a'],
  ['bad', '('],
] as const;

const textCases = ({ name }: Scene, all: readonly string[]): Case[] =>
  all.flatMap((said, index) =>
    ['', 'n'].map((turned) => ({
      name: turned === '' ? said : `not: ${said}`,
      scene: name,
      request: { path: `/${index}${turned}`, headers: TEXT_HEADERS },
    })),
  );

export const celScenes: readonly Scene[] = [plainly, fully, texts, enabledTexts, ...unchecked];
export const celCases: readonly Case[] = [
  ...unchecked.map(({ name }) => ({ name, scene: name, request: { path: '/' } })),
  ...casesOf(plainly, CONDITIONS),
  ...casesOf(fully, ENABLED),
  ...textCases(texts, PLAIN_TEXTS),
  ...textCases(enabledTexts, ENABLED_TEXTS),
];
