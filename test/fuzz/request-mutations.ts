import type { Random } from './random.ts';

/** A request in pieces, so that each can be bent; what is sent is their plain concatenation. */
export interface DraftRequest {
  method: string;
  target: string;
  version: string;
  /** Whole field lines without their ends. */
  fields: string[];
  lineEnd: string;
  body: string;
}

export interface MutatedRequest {
  /** The classes of mutation applied, in order. */
  readonly classes: readonly string[];
  readonly bytes: Buffer;
}

type Mutation = (draft: DraftRequest, random: Random) => void;

const HOST = 'gate.test';
const bodyField = /^(content-length|transfer-encoding)/i;

/** Replaces whatever frames the body. */
function frame(draft: DraftRequest, fields: readonly string[], body: string): void {
  draft.fields = [...draft.fields.filter((field) => !bodyField.test(field)), ...fields];
  draft.body = body;
}

function bendField(draft: DraftRequest, random: Random, bend: (field: string) => string): void {
  const at = random.below(draft.fields.length);
  draft.fields[at] = bend(draft.fields[at] ?? 'x: y');
}

const SMUGGLED = 'GET /protected/smuggled HTTP/1.1\r\nhost: gate.test\r\n\r\n';
const CHUNKED = '5\r\nhello\r\n0\r\n\r\n';

const LENGTHS = [
  ...[
    '+5',
    '-5',
    '0x5',
    '5 ',
    ' 5',
    '05',
    '5.0',
    '5e0',
    '',
    '5, 5',
    '5,6',
    '5;5',
    '\xb2',
    '5\t',
    '\v5',
    '5\0',
    '1_0',
  ],
  ...[
    '18446744073709551616',
    '18446744073709551621',
    '9007199254740993',
    '99999999999999999999999',
    '4294967301',
  ],
];

const ENCODINGS = [
  ...['chunked ', ' chunked', '\tchunked', 'Chunked', 'CHUNKED', 'chunked,', ',chunked', 'chunked, chunked'],
  ...[
    'gzip, chunked',
    'chunked, gzip',
    'identity',
    'identity, chunked',
    'chunked, identity',
    'xchunked',
    'chunkedx',
  ],
  ...[
    '"chunked"',
    "'chunked'",
    'chunked;q=1',
    'chunked\0',
    'chunked\v',
    '\vchunked',
    '\x0bchunked',
    'chun\x00ked',
  ],
  ...['', 'cow', 'chunk', 'c\u0068unked', 'chunked\r', '\x00', 'trailers, chunked', 'deflate'],
];

const ENCODING_NAMES = [
  ...[
    'transfer-encoding',
    'Transfer-Encoding',
    'transfer_encoding',
    'transfer-encoding ',
    'transfer-encoding\t',
  ],
  ...[' transfer-encoding', 'transfer-encoding\0', 'x: y\r\ntransfer-encoding', 'x: y\ntransfer-encoding'],
  ...[
    'x: y\rtransfer-encoding',
    'transfer encoding',
    'transfer\u00ad-encoding',
    'transfer-encoding:',
    '\x7ftransfer-encoding',
  ],
];

const CHUNK_SIZES = [
  ...[
    '+5',
    '-5',
    '0x5',
    ' 5',
    '5 ',
    '5\t',
    '05',
    '00000000000000005',
    '5_0',
    '',
    'g',
    '5;',
    '5;a=b',
    '5;a="\r\n"',
    '5;a\rb',
  ],
  ...[
    'FFFFFFFFFFFFFFFF',
    '10000000000000005',
    '7fffffffffffffff',
    '5,5',
    '5\0',
    '5\r',
    `5;${'e'.repeat(17_000)}`,
    '5 ;x',
  ],
];

const CHUNK_BODIES = [
  '5\nhello\n0\n\n',
  '5\r\nhello0\r\n\r\n',
  '5\r\nhello\r\n\r\n0\r\n\r\n',
  '5\r\nhellox\r\n0\r\n\r\n',
  '6\r\nhello\r\n0\r\n\r\n',
  '4\r\nhello\r\n0\r\n\r\n',
  '5\r\nhello\r\n0\r\nx-jwt-payload: forged\r\n\r\n',
  '5\r\nhello\r\n0\r\ncontent-length: 9\r\n\r\n',
  '5\r\nhello\r\n0\r\n bad\r\n\r\n',
  '5\rhello\r0\r\r',
  '5\r\nhello\r\n0\r\n',
  '5\r\nhello\r\n0\r\n\r',
  '0\r\n\r\n',
  '5\r\nhel',
  `${'1\r\na\r\n'.repeat(2000)}0\r\n\r\n`,
];

const TARGETS = [
  ...[
    '//protected',
    '/./protected',
    '/open/../protected',
    '/open/%2e%2e/protected',
    '/open/%2E%2e/protected',
  ],
  ...[
    '/open%2f..%2fprotected',
    '/open/..%5cprotected',
    '/open\\..\\protected',
    '/open;x=y/../protected',
    '/open/..;/protected',
  ],
  ...[
    '/open/.;/x',
    '/open/.',
    '/open#frag',
    '/open%00',
    '/open%23',
    '/open%3f',
    '/open?a?b',
    '/open%252e%252e/protected',
  ],
  ...[
    '/%c0%af',
    '/open/%c0%ae%c0%ae/protected',
    '/OPEN/x',
    '',
    '*',
    'protected',
    'http://gate.test/open',
    'http://other.test/open',
  ],
  ...[
    'http://',
    'http:///open',
    'http://user@gate.test/open',
    'https://gate.test/open',
    'hTTp://gate.test/open',
    'ftp://gate.test/open',
  ],
  ...[
    'gate.test:80',
    '/open/\xff',
    '/open/\x80',
    '/op en',
    '/open\t',
    '/open/\x7f',
    '/open\0',
    `/open/${'a'.repeat(9000)}`,
  ],
  ...[
    `/open/${'a'.repeat(70_000)}`,
    `/open/${'../'.repeat(500)}protected`,
    '/open?q=%',
    '/open/%',
    '/open/%zz',
    '/?',
  ],
];

const METHODS = [
  ...[
    'get',
    'GE T',
    'G\0ET',
    '',
    'GET\t',
    ' GET',
    'PRI',
    'CONNECT',
    'TRACE',
    'OPTIONS',
    'PATCH',
    'PUT',
    'DELETE',
  ],
  ...['M-SEARCH', 'POST/', 'G@T', 'a'.repeat(300), 'GET,POST', '\xe9', 'PROPFIND', 'UPGRADE'],
];

const VERSIONS = [
  ...[
    'HTTP/1.0',
    'HTTP/0.9',
    'HTTP/2.0',
    'HTTP/1.2',
    'HTTP/11',
    'HTTP/1.1 ',
    ' HTTP/1.1',
    'http/1.1',
    'HTTP/1.10',
    'HTTP/01.1',
  ],
  ...[
    'HTTP/1',
    'HTTP/1.',
    'HTTPS/1.1',
    'ICY/1.1',
    '',
    'HTTP/1.1\0',
    'HTTP/1,1',
    'HTTP/\xb9.1',
    'HTTP/4294967297.1',
    'HTTP /1.1',
    'RTSP/1.0',
  ],
];

const HOSTS = [
  ...[
    '',
    ' ',
    'gate.test:',
    'gate.test:99999',
    'gate.test:-1',
    'gate.test:80:80',
    'user@gate.test',
    'gate.test/x',
    'gate.test#x',
  ],
  ...[
    '[::1',
    '[::1]',
    '[::1]:80',
    'gate.test, other.test',
    'gate test',
    'gate.test\0',
    '\xff',
    'GATE.TEST',
    '%67ate.test',
    '..',
    '?',
  ],
];

const SPOOFS = [
  ...[
    'x-jwt-payload: forged',
    'X-JWT-PAYLOAD: forged',
    'x-jwt-payload : forged',
    'x_jwt_payload: forged',
    'x-jwt-payload:\tforged',
  ],
  ...[
    'x-jwt-payload: a\r\nx-jwt-payload: b',
    'x-gate-marker: forged',
    'x-forwarded-for: 127.0.0.1',
    'x-forwarded-proto: https',
  ],
  ...[
    'x-envoy-original-path: /open',
    'x-envoy-internal: true',
    'x-request-id: forged',
    'x-envoy-expected-rq-timeout-ms: 0',
  ],
  ...[
    'x-original-url: /open',
    'x-rewrite-url: /open',
    'x-http-method-override: DELETE',
    'x-envoy-upstream-rq-timeout-ms: 1',
  ],
  ...[
    'x-envoy-retry-on: 5xx',
    'x-envoy-max-retries: 1000',
    'x-envoy-decorator-operation: x',
    'x-envoy-force-trace: 1',
  ],
];

const FIELDS = [
  ...[
    'x',
    ':',
    ': v',
    'x:',
    'x y: z',
    'x\0: z',
    'x: \0',
    'x: a\rb',
    'x: a\nb',
    'x(: z',
    'x\x7f: z',
    'x: \x7f',
    'x: \xff\xfe',
    '\xffx: z',
  ],
  ...[
    'x: y\r\n folded',
    'x: y\r\n\tfolded',
    ' leading: z',
    '\tleading: z',
    ':authority: other',
    ':path: /protected',
    'x:\x0by',
  ],
  ...[
    '__proto__: x',
    'constructor: x',
    'hasOwnProperty: x',
    'toString: x',
    'cookie: a=b; a=c',
    'accept-encoding: gzip;q=a',
  ],
  ...[
    `x: ${'v'.repeat(17_000)}`,
    `x: ${'v'.repeat(70_000)}`,
    `${'n'.repeat(300)}: z`,
    `${'n'.repeat(70_000)}: z`,
  ],
];

const HOP_BY_HOP = [
  ...[
    'connection: content-length',
    'connection: transfer-encoding',
    'connection: host',
    'connection: authorization',
  ],
  ...[
    'connection: x-jwt-payload, x-gate-marker, x-forwarded-for',
    'connection: close',
    'connection: close, keep-alive',
  ],
  ...[
    'connection: upgrade',
    'connection: ,',
    'connection: keep-alive\0',
    'keep-alive: timeout=999999',
    'proxy-connection: keep-alive',
  ],
  ...[
    'te: trailers',
    'te: trailers, deflate',
    'trailer: x-jwt-payload',
    'proxy-authorization: Basic eDp5',
    'proxy-authenticate: x',
  ],
];

const UPGRADES = [
  [
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-version: 13',
  ],
  ['connection: upgrade, http2-settings', 'upgrade: h2c', 'http2-settings: AAMAAABkAAQAAP__'],
  ['upgrade: websocket'],
  ['connection: upgrade', 'upgrade: TLS/1.0'],
];

const EXPECTATIONS = [
  '100-continue',
  '100-Continue',
  ' 100-continue',
  '100-continue, x',
  'x',
  '',
  '100-continue\0',
  '200-ok',
];

const AUTHORIZATIONS = [
  ...[
    'Bearer',
    'Bearer ',
    'Bearer a.b.c',
    'bearer a.b.c',
    'Bearer\ta.b.c',
    'Bearer a.b.c, Bearer d.e.f',
    'Basic eDp5',
    'Bearer ..',
  ],
  ...[
    `Bearer ${'.'.repeat(10_000)}`,
    `Bearer ${'a'.repeat(16_000)}`,
    'Bearer \xff.\xff.\xff',
    'Bearer a.b.c.d.e',
    'Bearer e30.e30.',
  ],
];

/** The classes of security.md §2.3 that a single connection can carry, and plain damage. */
export const requestMutations: Readonly<Record<string, Mutation>> = {
  'length spelt wrongly': (draft, random) =>
    frame(draft, [`content-length: ${random.pick(LENGTHS)}`], `hello${SMUGGLED}`),
  'two lengths': (draft, random) =>
    frame(
      draft,
      [`content-length: 5`, `content-length: ${random.pick(['5', '6', '0', ''])}`],
      `hello${SMUGGLED}`,
    ),
  'length and encoding': (draft, random) => {
    const fields = ['content-length: 5', 'transfer-encoding: chunked'];
    frame(draft, random.chance(0.5) ? fields : fields.reverse(), `${CHUNKED}${SMUGGLED}`);
  },
  'encoding spelt wrongly': (draft, random) => {
    const field = `${random.pick(ENCODING_NAMES)}: ${random.chance(0.5) ? 'chunked' : random.pick(ENCODINGS)}`;
    frame(draft, random.chance(0.5) ? [field] : [field, 'content-length: 15'], `${CHUNKED}${SMUGGLED}`);
  },
  'coding unknown or repeated': (draft, random) =>
    frame(draft, [`transfer-encoding: ${random.pick(ENCODINGS)}`], `${CHUNKED}${SMUGGLED}`),
  'two encodings': (draft, random) =>
    frame(
      draft,
      ['transfer-encoding: chunked', `transfer-encoding: ${random.pick(ENCODINGS)}`],
      `${CHUNKED}${SMUGGLED}`,
    ),
  'chunk size spelt wrongly': (draft, random) =>
    frame(
      draft,
      ['transfer-encoding: chunked'],
      `${random.pick(CHUNK_SIZES)}\r\nhello\r\n0\r\n\r\n${SMUGGLED}`,
    ),
  'chunks broken': (draft, random) => frame(draft, ['transfer-encoding: chunked'], random.pick(CHUNK_BODIES)),
  'body unannounced': (draft) => frame(draft, [], `hello${SMUGGLED}`),
  'body on any method': (draft, random) => {
    draft.method = random.pick(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);
    frame(
      draft,
      [random.chance(0.5) ? 'content-length: 5' : 'transfer-encoding: chunked'],
      random.pick(['hello', CHUNKED]),
    );
  },
  'length after many fields': (draft, random) => {
    const count = random.pick([98, 99, 100, 101, 1000, 1001]);
    draft.fields.push(...Array.from({ length: count }, (_, at) => `x-${at}: y`));
    frame(draft, ['content-length: 5'], `hello${SMUGGLED}`);
  },
  'connection options': (draft, random) => void draft.fields.push(random.pick(HOP_BY_HOP)),
  expectation: (draft, random) => void draft.fields.push(`expect: ${random.pick(EXPECTATIONS)}`),
  upgrade: (draft, random) => {
    draft.fields.push(...random.pick(UPGRADES));
    if (random.chance(0.5)) draft.body += SMUGGLED;
  },
  connect: (draft, random) => {
    draft.method = 'CONNECT';
    draft.target = random.pick(['gate.test:443', '/open', 'http://gate.test/', '127.0.0.1:80', ':80', '*']);
  },
  'fields that the gate sets': (draft, random) => void draft.fields.push(random.pick(SPOOFS)),
  'target spelt oddly': (draft, random) => {
    draft.target = random.pick(TARGETS);
  },
  'method spelt oddly': (draft, random) => {
    draft.method = random.pick(METHODS);
  },
  'version spelt oddly': (draft, random) => {
    draft.version = random.pick(VERSIONS);
  },
  'host spelt oddly': (draft, random) => {
    const others = draft.fields.filter((field) => !/^host/i.test(field));
    draft.fields = [
      ...others,
      ...random.pick([[], [`host: ${random.pick(HOSTS)}`], [`host: ${HOST}`, `host: ${random.pick(HOSTS)}`]]),
    ];
  },
  'field malformed': (draft, random) => {
    draft.fields.splice(random.below(draft.fields.length + 1), 0, random.pick(FIELDS));
  },
  'authorization spelt oddly': (draft, random) =>
    void draft.fields.push(`authorization: ${random.pick(AUTHORIZATIONS)}`),
  'field repeated': (draft, random) => void draft.fields.push(random.pick([...draft.fields, 'x: y'])),
  'field upper-case': (draft, random) => bendField(draft, random, (field) => field.toUpperCase()),
  'space before colon': (draft, random) => bendField(draft, random, (field) => field.replace(':', ' :')),
  'line ends': (draft, random) => {
    draft.lineEnd = random.pick(['\n', '\r', '\n\r', '\r\r\n', '\r\n\r\n', ' \r\n', '\0\r\n']);
  },
  'lines in front': (draft, random) => {
    draft.method =
      random.pick([
        '\r\n',
        '\r\n\r\n',
        '\n',
        ' ',
        '\0',
        '\r',
        '\x16\x03\x01\x02\x00\x01\x00',
        '\r\n'.repeat(3000),
      ]) + draft.method;
  },
  'preface of http/2': (draft) => {
    Object.assign(draft, {
      method: 'PRI',
      target: '*',
      version: 'HTTP/2.0',
      fields: [],
      body: 'SM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
    });
  },
  'many fields': (draft, random) => {
    const count = random.pick([99, 100, 101, 2000]);
    draft.fields.push(...Array.from({ length: count }, (_, at) => `y-${at}: z`));
  },
  pipelined: (draft, random) => {
    const follower = random.pick([
      SMUGGLED,
      'GET /open/next HTTP/1.1\r\nhost: gate.test\r\n\r\n',
      'GET',
      '\r\n',
      'x',
    ]);
    draft.body += follower.repeat(1 + random.below(4));
  },
};

/** Changes single bytes wherever they are: flips, insertions, deletions, repeats, a cut. */
export function damage(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const head = bytes.subarray(0, at);
  const rest = bytes.subarray(at);
  const noise = Buffer.from([random.pick([0, 9, 10, 13, 32, 58, 127, 128, 255, random.below(256)])]);
  switch (random.below(5)) {
    case 0:
      return Buffer.concat([head, noise, rest.subarray(1)]);
    case 1:
      return Buffer.concat([head, noise, rest]);
    case 2:
      return Buffer.concat([head, rest.subarray(1 + random.below(4))]);
    case 3:
      return Buffer.concat([head, rest.subarray(0, 1 + random.below(32)), rest]);
    default:
      return head;
  }
}

export function renderRequest(draft: DraftRequest): Buffer {
  const lines = [`${draft.method} ${draft.target} ${draft.version}`, ...draft.fields, ''];
  return Buffer.from(lines.map((line) => line + draft.lineEnd).join('') + draft.body, 'latin1');
}

/** A plain good request: one of a few shapes, with `token` in half of them. */
export function createDraft(random: Random, token: string): DraftRequest {
  const fields = [`host: ${HOST}`, 'user-agent: fuzz', 'accept: */*'];
  if (random.chance(0.5)) fields.push(`authorization: Bearer ${token}`);
  const target = random.pick(['/open/x', '/protected/x', '/open/x?y=z', '/protected/']);
  const draft = { method: 'GET', target, version: 'HTTP/1.1', fields, lineEnd: '\r\n', body: '' };
  const shape = random.below(3);
  if (shape > 0) draft.method = 'POST';
  if (shape === 1) frame(draft, ['content-length: 5'], 'hello');
  if (shape === 2) frame(draft, ['transfer-encoding: chunked'], CHUNKED);
  return draft;
}

/** One to three mutations on a good request, and sometimes damage. */
export function mutateRequest(random: Random, token: string): MutatedRequest {
  const draft = createDraft(random, token);
  const names = Object.keys(requestMutations);
  const classes = Array.from({ length: 1 + random.below(3) }, () => random.pick(names));
  for (const name of classes) requestMutations[name]?.(draft, random);
  let bytes = renderRequest(draft);
  if (random.chance(0.3)) {
    classes.push('damage');
    const times = 1 + random.below(3);
    for (let time = 0; time < times; time++) bytes = damage(bytes, random);
  }
  return { classes, bytes };
}
