import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { INCOMPLETE, REFUSED } from './head-parser.ts';
import { RequestParser } from './request-parser.ts';

/** What a parser made of bytes that came in the given pieces. */
function parse(pieces: readonly Buffer[], limits = { headBytesMax: 60 * 1024, fieldsMax: 100 }) {
  const parser = new RequestParser(limits);
  let before = 0;
  for (const piece of pieces) {
    const at = parser.parse(Buffer.from(piece), 0, piece.length);
    if (at === REFUSED) return { refused: parser.refusal?.details };
    if (at !== INCOMPLETE) return describeHead(parser, before + at);
    before += piece.length;
  }
  return { incomplete: true };
}

function describeHead(parser: RequestParser, end: number) {
  const { method, path, authority, close, contentLength, chunked, headers } = parser;
  const fields = headers.names.map((name, index) => `${name}: ${headers.values[index]}`);
  return { method, path, authority, close, contentLength, chunked, fields, end };
}

const whole = (text: string) => parse([Buffer.from(text, 'latin1')]);
const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`;
const get = (...fields: string[]) => lines('GET / HTTP/1.1', 'Host: a', ...fields);

describe('a request head', () => {
  it('gives method, target, host and its fields in order, names in lower case', () => {
    const text = lines(
      'POST /x?y=%20 HTTP/1.1',
      'Host: a:80',
      'X-One:  1 \t',
      'Content-Length: 007',
      'x-ONE: 2',
    );
    assert.deepEqual(whole(`${text}body`), {
      method: 'POST',
      path: '/x?y=%20',
      authority: 'a:80',
      close: false,
      contentLength: 7,
      chunked: false,
      fields: ['x-one: 1', 'content-length: 7', 'x-one: 2'],
      end: text.length,
    });
  });

  const head = lines(
    'PUT /a/b HTTP/1.1',
    'Accept: x',
    'Host: example.test',
    'Authorization: Bearer abc.def.ghi',
    'Transfer-Encoding: chunked',
    'X-Long-Name-Of-Nobody: \u00e9\tz',
  );

  it('is the same wherever it is split in two', () => {
    const bytes = Buffer.from(head, 'latin1');
    const want = whole(head);
    for (let at = 1; at < bytes.length; at++) {
      assert.deepEqual(parse([bytes.subarray(0, at), bytes.subarray(at)]), want, `split at ${at}`);
    }
  });

  it('is the same byte by byte', () => {
    const bytes = [...Buffer.from(head, 'latin1')].map((byte) => Buffer.from([byte]));
    assert.deepEqual(parse(bytes), whole(head));
  });

  it('leaves the bytes after it alone', () => {
    const bytes = Buffer.from(`${head}GET`, 'latin1');
    const result = parse([bytes.subarray(0, 30), bytes.subarray(30)]);
    assert.equal('end' in result && result.end, head.length);
  });

  it('joins the lines of an inline field with a comma and keeps those of others apart', () => {
    const result = whole(get('Authorization: a', 'Cookie: a', 'authorization: b', 'cookie: b'));
    assert.deepEqual('fields' in result && result.fields, ['authorization: a,b', 'cookie: a', 'cookie: b']);
  });

  it('tells apart any two fields that it joins', () => {
    const names =
      'accept if-none-match if-range pragma x-envoy-original-path x-envoy-original-host x-forwarded-port';
    const lines = names.split(' ').map((name) => `${name}: ${name}`);
    const result = whole(get(...lines, ...lines));
    assert.deepEqual(
      'fields' in result && result.fields,
      names.split(' ').map((name) => `${name}: ${name},${name}`),
    );
  });

  it('keeps lines apart that only a response has joined', () => {
    const result = whole(get('ETag: a', 'ETag: b'));
    assert.deepEqual('fields' in result && result.fields, ['etag: a', 'etag: b']);
  });

  it('loses hop-by-hop fields, and those that the connection field names', () => {
    const result = whole(
      get('Connection: x-a, close', 'X-A: 1', 'Keep-Alive: 5', 'TE: gzip', 'Proxy-Connection: x', 'X-B: 2'),
    );
    assert.deepEqual('fields' in result && [result.fields, result.close], [['x-b: 2'], true]);
  });

  it('keeps the one word of te that the next hop may see, whatever the connection field says', () => {
    const result = whole(
      get('Connection: te, content-length', 'TE: gzip', 'TE: trailers', 'Content-Length: 2'),
    );
    assert.deepEqual('fields' in result && result.fields, ['te: trailers', 'content-length: 2']);
  });

  const welcomes: { name: string; given: string[]; want: string[] }[] = [
    { name: 'in small letters', given: ['TE: a, trailers ,b'], want: ['te: trailers'] },
    { name: 'not in capitals', given: ['TE: Trailers'], want: [] },
    {
      name: 'in capitals where the connection field names it',
      given: ['TE: Trailers', 'Connection: TE'],
      want: ['te: trailers'],
    },
    { name: 'and nothing at all', given: ['TE:', 'TE:'], want: ['te: '] },
    { name: 'and not nothing that the connection field names', given: ['Connection: te', 'TE:'], want: [] },
  ];
  for (const { name, given, want } of welcomes) {
    it(`keeps that word ${name}`, () => {
      const result = whole(get(...given));
      assert.deepEqual('fields' in result && result.fields, want);
    });
  }

  const closings: { name: string; given: string[]; want: boolean }[] = [
    { name: 'close', given: ['Connection: close'], want: true },
    { name: 'close among others', given: ['Connection: a,b,c,d,e,f,g,h,,, Close'], want: true },
    {
      name: "an old client's close",
      given: ['Proxy-Connection: x', 'Proxy-Connection: a, Close'],
      want: true,
    },
    { name: "an old client's keep-alive", given: ['Proxy-Connection: keep-alive'], want: false },
    {
      name: "an old client's close that the connection field removes",
      given: ['Proxy-Connection: close', 'Connection: proxy-connection'],
      want: false,
    },
  ];
  for (const { name, given, want } of closings) {
    it(`says whether the client wants the connection closed: ${name}`, () => {
      const result = whole(get(...given));
      assert.deepEqual('fields' in result && [result.fields, result.close], [[], want]);
    });
  }

  it('takes the authority of an absolute target before that of Host', () => {
    const result = whole(lines('GET http://u@b.test:8/x?y HTTP/1.1', 'Host: a'));
    assert.deepEqual('path' in result && [result.authority, result.path], ['b.test:8', '/x?y']);
  });

  it('may follow an empty line', () => {
    assert.equal('method' in whole(`\r\n${get()}`), true);
  });
});

const refused: { name: string; given: string; want: string }[] = [
  { name: 'a lower-case method', given: lines('get / HTTP/1.1', 'Host: a'), want: 'http1.invalid_method' },
  { name: 'an unknown method', given: lines('FOO / HTTP/1.1', 'Host: a'), want: 'http1.invalid_method' },
  {
    name: 'two spaces before the target',
    given: lines('GET  / HTTP/1.1', 'Host: a'),
    want: 'http1.invalid_url',
  },
  {
    name: 'a space in the target',
    given: lines('GET /a b HTTP/1.1', 'Host: a'),
    want: 'http1.invalid_start_line',
  },
  {
    name: 'a target with a byte above 127',
    given: lines('GET /\u00e9 HTTP/1.1', 'Host: a'),
    want: 'http1.invalid_url',
  },
  { name: 'a relative target', given: lines('GET a HTTP/1.1', 'Host: a'), want: 'http1.invalid_url' },
  { name: '`*` with GET', given: lines('GET * HTTP/1.1', 'Host: a'), want: 'http1.invalid_url' },
  {
    name: 'an absolute target of another scheme',
    given: lines('GET ftp://a/ HTTP/1.1', 'Host: a'),
    want: 'http1.invalid_url',
  },
  {
    name: 'an absolute target with a broken authority',
    given: lines('GET http://[a/ HTTP/1.1', 'Host: a'),
    want: 'http1.invalid_url',
  },
  { name: 'a fragment', given: lines('GET /#f HTTP/1.1', 'Host: a'), want: 'path_normalization_failed' },
  { name: 'CONNECT', given: lines('CONNECT a:443 HTTP/1.1', 'Host: a:443'), want: 'connect_not_supported' },
  { name: 'the HTTP/2 preface', given: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', want: 'http2_not_supported' },
  { name: 'HTTP/1.0', given: lines('GET / HTTP/1.0', 'Host: a'), want: 'low_version' },
  {
    name: 'HTTP/1.0, before all that is wrong with its fields',
    given: lines('GET / HTTP/1.0', 'Host: a', 'x(y: a'),
    want: 'low_version',
  },
  {
    name: 'HTTP/1.0, before fields that are too long',
    given: lines('GET / HTTP/1.0', `x: ${'a'.repeat(70_000)}`),
    want: 'low_version',
  },
  { name: 'HTTP/2.0', given: lines('GET / HTTP/2.0', 'Host: a'), want: 'low_version' },
  { name: 'no version', given: lines('GET /', 'Host: a'), want: 'http1.no_version' },
  { name: 'no version, ended by LF', given: 'GET /\n', want: 'http1.no_version' },
  { name: 'a blank and no version', given: lines('GET / ', 'Host: a'), want: 'http1.no_version' },
  { name: 'no version after an absolute target', given: 'GET http://a/\r\n', want: 'http1.no_version' },
  { name: 'no version after a bad target', given: 'GET x\r\n', want: 'http1.invalid_url' },
  {
    name: 'two blanks before the version',
    given: lines('GET /  HTTP/1.1', 'Host: a'),
    want: 'http1.invalid_start_line',
  },
  {
    name: 'a blank after the version',
    given: lines('GET / HTTP/1.1 ', 'Host: a'),
    want: 'http1.invalid_start_line',
  },
  {
    name: 'a tab in the request line',
    given: lines('GET /\tHTTP/1.1', 'Host: a'),
    want: 'http1.invalid_url',
  },
  {
    name: 'three empty lines before it',
    given: `\r\n\r\n\r\n${get()}`,
    want: 'http1.invalid_start_line',
  },
  {
    name: 'a last line that ends in LF alone',
    given: 'GET / HTTP/1.1\r\nHost: a\r\n\n',
    want: 'http1.invalid_header_name',
  },
  {
    name: 'a version of many digits',
    given: lines('GET / HTTP/111', 'Host: a'),
    want: 'http1.invalid_start_line',
  },
  { name: 'another protocol', given: lines('GET / ICE/1.0', 'Host: a'), want: 'http1.invalid_start_line' },
  {
    name: 'lines that end in LF alone',
    given: 'GET / HTTP/1.1\nHost: a\n\n',
    want: 'http1.invalid_start_line',
  },
  {
    name: 'a field line that ends in LF alone',
    given: 'GET / HTTP/1.1\r\nHost: a\nx: y\r\n\r\n',
    want: 'http1.invalid_characters',
  },
  {
    name: 'a bare CR in a value',
    given: 'GET / HTTP/1.1\r\nHost: a\r\nx: a\rb\r\n\r\n',
    want: 'http1.invalid_characters',
  },
  { name: 'a NUL in a value', given: get('x: a\0b'), want: 'http1.invalid_characters' },
  { name: 'a DEL in a value', given: get('x: a\x7fb'), want: 'http1.invalid_characters' },
  { name: 'a folded line', given: get('x: a', ' b'), want: 'http1.invalid_header_name' },
  { name: 'a space before the colon', given: get('x : a'), want: 'http1.invalid_header_name' },
  { name: 'a name that is no token', given: get('x(y: a'), want: 'http1.invalid_header_name' },
  { name: 'an empty name', given: get(': a'), want: 'http1.invalid_header_name' },
  { name: 'a line without a colon', given: get('abc'), want: 'http1.invalid_header_name' },
  { name: 'no Host', given: lines('GET / HTTP/1.1', 'x: y'), want: 'missing_host_header' },
  { name: 'two Hosts', given: get('Host: b'), want: 'http1.two_hosts' },
  { name: 'two Hosts that are the same', given: get('Host: a'), want: 'http1.two_hosts' },
  {
    name: 'a Host with a path',
    given: lines('GET / HTTP/1.1', 'Host: a/b'),
    want: 'http1.invalid_authority',
  },
  {
    name: 'a Host with user information',
    given: lines('GET / HTTP/1.1', 'Host: u@a'),
    want: 'http1.invalid_authority',
  },
  {
    name: 'a Host with two ports',
    given: lines('GET / HTTP/1.1', 'Host: a:1:2'),
    want: 'http1.invalid_authority',
  },
  {
    name: 'two content-lengths',
    given: get('Content-Length: 5', 'Content-Length: 5'),
    want: 'http1.invalid_content_length',
  },
  {
    name: 'a list of content-lengths',
    given: get('Content-Length: 5, 5'),
    want: 'http1.invalid_content_length',
  },
  { name: 'a signed content-length', given: get('Content-Length: +5'), want: 'http1.invalid_content_length' },
  {
    name: 'a hexadecimal content-length',
    given: get('Content-Length: 0x5'),
    want: 'http1.invalid_content_length',
  },
  { name: 'an empty content-length', given: get('Content-Length:'), want: 'http1.invalid_content_length' },
  {
    name: 'a huge content-length',
    given: get('Content-Length: 99999999999999999999'),
    want: 'http1.invalid_content_length',
  },
  {
    name: 'content-length and chunked',
    given: get('Content-Length: 5', 'Transfer-Encoding: chunked'),
    want: 'http1.content_length_and_chunked',
  },
  {
    name: 'chunked and content-length',
    given: get('Transfer-Encoding: chunked', 'Content-Length: 5'),
    want: 'http1.content_length_and_chunked',
  },
  {
    name: 'another transfer coding',
    given: get('Transfer-Encoding: gzip, chunked'),
    want: 'http1.invalid_transfer_encoding',
  },
  { name: 'identity', given: get('Transfer-Encoding: identity'), want: 'http1.invalid_transfer_encoding' },
  {
    name: 'chunked twice',
    given: get('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
    want: 'http1.invalid_transfer_encoding',
  },
  {
    name: 'an empty transfer-encoding',
    given: get('Transfer-Encoding:'),
    want: 'http1.invalid_transfer_encoding',
  },
  {
    name: 'a vertical tab before chunked',
    given: get('Transfer-Encoding: \vchunked'),
    want: 'http1.invalid_characters',
  },
  {
    name: 'transfer_encoding',
    given: get('Transfer_Encoding: chunked'),
    want: 'http1.framing_name_with_underscore',
  },
  { name: 'content_length', given: get('Content_Length: 5'), want: 'http1.framing_name_with_underscore' },
  {
    name: 'a connection field that names Host',
    given: get('Connection: host'),
    want: 'missing_host_header',
  },
  {
    name: 'a connection field that names Host and a pseudo-header',
    given: get('Connection: host, :path'),
    want: 'http1.connection_header_rejected',
  },
  {
    name: 'a connection field of ten parts on two lines',
    given: get('Connection: a,b,c,d,keep-alive', 'Connection: f,,g,h, ,i'),
    want: 'http1.connection_header_rejected',
  },
  {
    name: 'a te field of 256 characters on two lines that the connection field names',
    given: get('Connection: x, TE', `TE: ${'x'.repeat(200)}`, `TE: ${'x'.repeat(55)}`),
    want: 'http1.connection_header_rejected',
  },
  {
    name: 'an empty upgrade',
    given: get('Connection: upgrade', 'Upgrade:'),
    want: 'upgrade_failed',
  },
  ...['b_c', 'b!', '%62', 'b:', 'b:65536', '[:]', '[1:2]', '[::1]:', 'u@b@c', ''].map((authority) => ({
    name: `an absolute target of \`${authority}\``,
    given: lines(`GET http://${authority}/ HTTP/1.1`, 'Host: a'),
    want: 'http1.invalid_url',
  })),
  {
    name: 'a connection field that names the forwarded address',
    given: get('Connection: X-Forwarded-For'),
    want: 'http1.connection_header_rejected',
  },
  { name: 'an upgrade', given: get('Connection: Upgrade', 'Upgrade: websocket'), want: 'upgrade_failed' },
  { name: 'an expectation', given: get('Expect: 100-continue'), want: 'expect_not_supported' },
];

describe('the request parser refuses', () => {
  for (const { name, given, want } of refused) {
    it(name, () => {
      assert.deepEqual(whole(given), { refused: want });
      const bytes = [...Buffer.from(given, 'latin1')].map((byte) => Buffer.from([byte]));
      assert.deepEqual(parse(bytes), { refused: want }, 'byte by byte');
    });
  }
});

describe('limits of a request head', () => {
  const limits = { headBytesMax: 200, fieldsMax: 5 };
  const bytes = (text: string) => [Buffer.from(text, 'latin1')];

  it('a head of just as many fields as allowed passes, one more does not', () => {
    assert.equal('method' in parse(bytes(get('a: 1', 'b: 1', 'c: 1', 'd: 1')), limits), true);
    const result = parse(bytes(get('a: 1', 'b: 1', 'c: 1', 'd: 1', 'e: 1')), limits);
    assert.deepEqual(result, { refused: 'http1.too_many_headers' });
  });

  it('a head of just as many bytes as allowed passes, one more does not: the empty line counts', () => {
    const headOf = (length: number) => get(`x: ${'y'.repeat(length - get('x: ').length)}`);
    assert.equal('method' in parse(bytes(headOf(200)), limits), true);
    assert.deepEqual(parse(bytes(headOf(201)), limits), { refused: 'http1.headers_too_large' });
  });

  it('a head that is too long is refused before its end has come', () => {
    const result = parse(bytes(`GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(300)}`), limits);
    assert.deepEqual(result, { refused: 'http1.headers_too_large' });
  });

  it('byte by byte too', () => {
    const pieces = [...`GET /${'y'.repeat(300)}`].map((char) => Buffer.from(char));
    assert.deepEqual(parse(pieces, limits), { refused: 'http1.headers_too_large' });
  });

  it('the next head starts counting anew', () => {
    const parser = new RequestParser(limits);
    const head = Buffer.from(get('a: 1', `b: ${'x'.repeat(120)}`));
    for (let round = 0; round < 5; round++) {
      assert.equal(parser.parse(head, 0, head.length), head.length);
      parser.reset();
    }
  });
});

describe('a parser that is ready for the next head', () => {
  it('holds nothing of the one before', () => {
    const parser = new RequestParser();
    const head = Buffer.from(lines('POST /x HTTP/1.1', 'Host: a', 'x-b: 1', 'connection: close'));
    assert.equal(parser.parse(head, 0, head.length), head.length);
    parser.reset();
    assert.deepEqual(describeHead(parser, 0), describeHead(new RequestParser(), 0));
  });
});

describe('a head that comes drop by drop', () => {
  it('is kept in memory of its own, so that the caller may use its buffer again', () => {
    const parser = new RequestParser();
    const buffer = Buffer.alloc(16);
    const text = get('x-a: 1', 'authorization: Bearer zzz');
    let result = INCOMPLETE as number;
    for (let at = 0; at < text.length; at += 16) {
      const length = buffer.write(text.slice(at, at + 16), 'latin1');
      result = parser.parse(buffer, 0, length);
    }
    assert.ok(result > 0);
    assert.deepEqual(parser.headers.values, ['1', 'Bearer zzz']);
  });
});

describe('a long value that comes again', () => {
  const long = `Bearer ${'t'.repeat(600)}`;
  const heads = [
    { name: 'the same', fields: [`authorization: ${long}`], want: [long] },
    { name: 'longer', fields: [`authorization: ${long}x`], want: [`${long}x`] },
    { name: 'shorter', fields: [`authorization: ${long.slice(0, -1)}`], want: [long.slice(0, -1)] },
    {
      name: 'changed in the middle',
      fields: [`authorization: ${long.replace('ttt', 'tut')}`],
      want: [long.replace('ttt', 'tut')],
    },
    { name: 'followed by a blank', fields: [`authorization: ${long} `], want: [long] },
    { name: 'under another name', fields: [`x-other: ${long}`], want: [long] },
    { name: 'twice', fields: [`cookie: ${long}`, `cookie: ${long}`], want: [long, long] },
  ];
  for (const { name, fields, want } of heads) {
    it(`is read as what it is: ${name}`, () => {
      const parser = new RequestParser();
      const first = Buffer.from(get(`authorization: ${long}`));
      assert.equal(parser.parse(first, 0, first.length), first.length);
      for (let round = 0; round < 2; round++) {
        parser.reset();
        const next = Buffer.from(get(...fields));
        assert.equal(parser.parse(next, 0, next.length), next.length);
        assert.deepEqual(parser.headers.values, want);
      }
    });
  }

  it('is not taken for judged when a control character follows it', () => {
    const parser = new RequestParser();
    const first = Buffer.from(get(`authorization: ${long}`));
    parser.parse(first, 0, first.length);
    parser.reset();
    const next = Buffer.from(get(`authorization: ${long}\rx`));
    assert.equal(parser.parse(next, 0, next.length), REFUSED);
  });
});
