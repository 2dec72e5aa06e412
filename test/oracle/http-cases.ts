/** One request whose reading is in doubt, as bytes (one character each), without more after it. */
export interface HttpCase {
  readonly name: string;
  readonly given: string;
}

/** What jotgate refuses and Envoy does not, with the row of docs/divergences.md that says why. */
export interface StricterCase extends HttpCase {
  readonly row: string;
  readonly status: number;
}

const render = (line: string, fields: readonly string[], body = '') =>
  `${[line, ...fields].join('\r\n')}\r\n\r\n${body}`;
const get = (...fields: string[]) => render('GET /x HTTP/1.1', ['host: a', ...fields]);
const ask = (line: string) => render(line, ['host: a']);
const target = (text: string) => ask(`GET ${text} HTTP/1.1`);
const host = (text: string) => render('GET /x HTTP/1.1', [`host: ${text}`]);
const post = (body: string, ...fields: string[]) => render('POST /x HTTP/1.1', ['host: a', ...fields], body);
const chunks = (body: string) => post(body, 'transfer-encoding: chunked');
const parts = (count: number) => Array.from({ length: count }, (_, index) => `x${index}`).join(',');
const named = (prefix: string, texts: readonly string[], make: (text: string) => string): HttpCase[] =>
  texts.map((text) => ({ name: `${prefix} ${JSON.stringify(text)}`, given: make(text) }));

/** Both read these alike: status, fields and body of the reply, and what the origin gets. */
export const ALIKE: readonly HttpCase[] = [
  ...named(
    'the line',
    [
      'GET /x',
      'GET /x ',
      'GET /x  ',
      'HEAD /x',
      'GET x',
      'GET *',
      'OPTIONS *',
      'GET http://b/x',
      'FOO /x',
      'GET /x HTTP/1.0',
      'GET /x HTTP/0.9',
      'GET /x HTTP/1.2',
      'GET /x HTTP/11',
      'GET /x http/1.1',
      ' GET /x HTTP/1.1',
      'get /x HTTP/1.1',
      'M-SEARCH /x HTTP/1.1',
      'PURGE /x HTTP/1.1',
    ],
    ask,
  ),
  ...named(
    'the target',
    [
      'http://b/x',
      'http://b',
      'HTTP://B/x',
      'http://u@b/x',
      'http://b:80/x',
      'http://[::1]:8/x',
      '//b/x',
      '/%00',
      '/x#f',
      '/x\\y',
      '/\xe9',
      '/x\x7f',
      'ftp://b/x',
      'http:///x',
      'http://b:99999/x',
      'http://b:/x',
      'http://b_c/x',
      'http://b,c/x',
      'http://b!/x',
      'http://%62/x',
      'http://[1:2]/x',
      'http://[:]/x',
      'http://u@b@c/x',
    ],
    target,
  ),
  ...named(
    'the host',
    ['', 'a:80', 'a:', '[::1]:80', 'a_b', '%61', "a'b", 'a/b', 'a b', 'a"b', 'a\\b'],
    host,
  ),
  ...named(
    'connection:',
    [
      'host',
      'host, x-forwarded-for',
      'x-forwarded-host',
      ':path',
      'a:b',
      'authorization',
      'CLOSE',
      'a,b,,close',
      parts(9),
      parts(10),
      `${parts(9)}, ,`,
      `${parts(9)},,,`,
      Array(10).fill('keep-alive').join(','),
    ],
    (text) => get(`connection: ${text}`, 'authorization: x', 'x1: y'),
  ),
  {
    name: 'a HEAD that removes its host',
    given: render('HEAD /x HTTP/1.1', ['host: a', 'connection: host']),
  },
  { name: 'te: trailers named', given: get('connection: te', 'te: gzip', 'te: trailers') },
  { name: 'te of 255 named', given: get('connection: te', `te: ${'x'.repeat(255)}`) },
  {
    name: 'te of 256 named',
    given: get('connection: te', `te: ${'x'.repeat(128)}`, `te: ${'x'.repeat(127)}`),
  },
  { name: 'te of 256 not named', given: get(`te: ${'x'.repeat(256)}`) },
  ...named(
    'te:',
    ['', 'Trailers', 'a, trailers ,b', 'trailers;q=1', '\xa0trailers', 'a,\xa0trailers'].flatMap((te) => [
      te,
      `${te}\r\nconnection: te`,
    ]),
    (text) => get(`te: ${text}`),
  ),
  { name: 'connection with a te that is none', given: get('connection: \xa0te', `te: ${'x'.repeat(256)}`) },
  ...named(
    'connection:',
    ['\xa0x-a', 'x-a\xa0', ' x-a ', '\xa0close', '\xa0host', '\xa0keep-alive'],
    (text) => get(`connection: ${text}`, 'x-a: 1'),
  ),
  { name: 'two empty te', given: get('te:', 'te:') },
  ...named(
    'referer:',
    [
      'http://h/a?b',
      'http://@h/##',
      '//h/x',
      '/x:y',
      '',
      'http://u@h/',
      'http://h/#x',
      'about:blank',
      'http://h_x/',
      'h:80',
      '/x y',
      'Bearer a.b.c',
      '/\xe9',
      'http://a\r\nreferer: /b',
    ],
    (text) => get(`referer: ${text}`),
  ),
  { name: 'proxy-connection: close', given: get('proxy-connection: a, Close') },
  { name: 'the same removed', given: get('proxy-connection: close', 'connection: proxy-connection') },
  ...named('upgrade:', ['', 'websocket', 'h2c', 'H2C', 'h2c, websocket'], (text) =>
    get('connection: upgrade', `upgrade: ${text}`),
  ),
  {
    name: 'an upgrade that removes who asks',
    given: get('connection: upgrade,x-forwarded-for', 'upgrade: x'),
  },
  ...named(
    'transfer-encoding:',
    ['CHUNKED', 'chunked, chunked', 'gzip, chunked', 'identity', '', '"chunked"', 'chunked;a', '\x0bchunked'],
    (text) => post('0\r\n\r\n', `transfer-encoding: ${text}`),
  ),
  {
    name: 'chunked and a length',
    given: post('0\r\n\r\n', 'content-length: 5', 'transfer-encoding: chunked'),
  },
  {
    name: 'chunked twice',
    given: post('0\r\n\r\n', 'transfer-encoding: chunked', 'transfer-encoding: chunked'),
  },
  ...named(
    'content-length:',
    ['2', '+2', '-2', '0x2', '', '2, 2', '2 2', '2.0', '18446744073709551618'],
    (text) => post('hi', `content-length: ${text}`),
  ),
  ...named(
    'the field',
    [
      'x y: a',
      'x : a',
      ': a',
      'x',
      'x\0: a',
      'x: \0',
      'x: \x7f',
      'x: \xff',
      '(x): a',
      'x_y: a',
      ' x: a',
      'content-length : 2',
    ],
    (text) => (text.startsWith(' ') ? render('GET /x HTTP/1.1', [text, 'host: a']) : get(text)),
  ),
  ...named(
    'chunks',
    [
      '2\r\nhi\r\n0\r\n\r\n',
      '2;a="b"\r\nhi\r\n000\r\n\r\n',
      '0x2\r\nhi\r\n0\r\n\r\n',
      '-2\r\nhi\r\n0\r\n\r\n',
      '2\nhi\r\n0\r\n\r\n',
      '2;a\nb\r\nhi\r\n0\r\n\r\n',
      'fffffffffffffffff\r\n',
      '\r\nhi\r\n0\r\n\r\n',
    ],
    chunks,
  ),
  { name: 'a hundred fields', given: get(...Array.from({ length: 99 }, (_, index) => `x${index}: a`)) },
  { name: 'one more', given: get(...Array.from({ length: 100 }, (_, index) => `x${index}: a`)) },
  { name: 'a field of 61,000 bytes', given: get(`x: ${'a'.repeat(61_000)}`) },
  { name: 'two empty lines before', given: `\r\n\r\n${get()}` },
];

const stricter = (row: string, status: number, texts: readonly string[], make: (text: string) => string) =>
  named('', texts, make).map((one): StricterCase => ({ ...one, name: `${row}${one.name}`, row, status }));

export const STRICTER: readonly StricterCase[] = [
  ...stricter(
    'H1',
    400,
    ['GET /x HTTP/1.1\nhost: a\n\n', 'GET /x HTTP/1.1\r\nhost: a\r\n\n'],
    (text) => text,
  ),
  ...stricter('H1', 400, ['x: a\rb', 'x: a\r', 'x: a\r\n b', 'x: a\nb: c'], (text) => get(text)),
  { name: 'H2: two Hosts', row: 'H2', status: 400, given: get('host: a') },
  ...stricter('H3', 400, ['u@a', 'a:x', 'a:123456', '[::1', '::1', 'a:80:80', 'a'.repeat(4097)], host),
  { name: 'H3: no Host line', row: 'H3', status: 400, given: render('GET http://b/x HTTP/1.1', []) },
  {
    name: 'H3: a removed Host',
    row: 'H3',
    status: 400,
    given: render('GET http://b/x HTTP/1.1', ['host: a', 'connection: host']),
  },
  ...stricter('H4', 400, ['transfer_encoding: chunked', 'content_length: 5'], (text) => get(text)),
  {
    name: 'H4: an empty transfer-encoding beside another',
    row: 'H4',
    status: 501,
    given: post('0\r\n\r\n', 'transfer-encoding:', 'transfer-encoding: chunked'),
  },
  ...stricter(
    'H5',
    400,
    [
      '2 ;a\r\nhi\r\n0\r\n\r\n',
      '2; a\r\nhi\r\n0\r\n\r\n',
      '2;\r\nhi\r\n0\r\n\r\n',
      '2;a="\r\nhi\r\n0\r\n\r\n',
      '2;a\0\r\nhi\r\n0\r\n\r\n',
      '00000000000000002\r\nhi\r\n0\r\n\r\n',
      '2\r\nhi\n0\r\n\r\n',
      '2\r\nhixx\r\n0\r\n\r\n',
      `2;${'a'.repeat(8193)}\r\nhi\r\n0\r\n\r\n`,
    ],
    chunks,
  ),
  ...stricter('H6', 400, ['0\r\nx: y\r\n\r\n'], chunks),
  ...stricter('H7', 417, ['x'], (text) => get(`expect: ${text}`)),
  ...stricter(
    'H11',
    400,
    ['GET  /x HTTP/1.1', 'GET /x  HTTP/1.1', 'GET /x HTTP/1.1 ', 'GET\t/x HTTP/1.1', 'GET /x\tHTTP/1.1'],
    ask,
  ),
  { name: 'H11: three empty lines before', row: 'H11', status: 400, given: `\r\n\r\n\r\n${get()}` },
  {
    name: 'H12: a hundred and one lines of one name',
    row: 'H12',
    status: 431,
    given: get(...Array(100).fill('accept: a')),
  },
];
