import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { JsonObject } from '../../src/core/jwt/index.ts';
import { encodePart, rawToken, signText, testJwk } from '../fixtures/raw-token.ts';

/** One line of the list of attacks: a provider, a token that it admits, and what it must not. */
export interface Attack {
  name: string;
  /** Of the provider, in place of `issuer: i` and the RSA key. */
  provider?: object;
  keys?: JsonObject[];
  /** Admitted by both. */
  twin: string;
  /** Admitted by both too, however odd. */
  admitted?: [name: string, token: string][];
  /** Texts that jotgate answers with that status, and Envoy too; or, where a row is named, Envoy admits. */
  cases: [name: string, token: string, want: number, row?: string][];
}

const rs = testJwk('RS256');
const es = testJwk('ES256');
const okp = testJwk('EdDSA');
const token = (header: JsonObject | string, payload: JsonObject | string = { iss: 'i' }) =>
  rawToken(header, payload);
const claims = (payload: string) => token({ alg: 'RS256' }, payload);
const good = token({ alg: 'RS256' });
const ecGood = rawToken({ alg: 'ES256' }, { iss: 'i' }, 'ES256');
const okpGood = rawToken({ alg: 'EdDSA' }, { iss: 'i' }, 'EdDSA');

const withSignature = (alg: string, signature: string | Buffer): string =>
  `${encodePart({ alg })}.${encodePart({ iss: 'i' })}.${typeof signature === 'string' ? signature : signature.toString('base64url')}`;

function macWith(secret: string | Buffer): string {
  const text = `${encodePart({ alg: 'HS256' })}.${encodePart({ iss: 'i' })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const PUBLISHED_SECRET = 'your-256-bit-secret-your-256-bit-secret';
const octOf = (secret: string) => ({ kty: 'oct', k: Buffer.from(secret).toString('base64url') });

const strange = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangersJwk = strange.publicKey.export({ format: 'jwk' }) as JsonObject;

function withOwnKey(): string {
  const text = `${encodePart({ alg: 'RS256', jwk: strangersJwk })}.${encodePart({ iss: 'i' })}`;
  return `${text}.${sign('sha256', Buffer.from(text), strange.privateKey).toString('base64url')}`;
}

/** An ECDSA signature as X.509 has it, in place of the two numbers side by side (RFC 7518 §3.4). */
function inDer(text: string): string {
  const [header, payload, signature] = text.split('.') as [string, string, string];
  const bytes = Buffer.from(signature, 'base64url');
  const numbers = [bytes.subarray(0, 32), bytes.subarray(32)].map((number) => {
    const rest = number.subarray(number.findIndex((byte) => byte !== 0));
    const value = (rest[0] as number) > 127 ? Buffer.concat([Buffer.alloc(1), rest]) : rest;
    return Buffer.concat([Buffer.from([2, value.length]), value]);
  });
  const sequence = Buffer.concat(numbers);
  const der = Buffer.concat([Buffer.from([48, sequence.length]), sequence]);
  return `${header}.${payload}.${der.toString('base64url')}`;
}

/** S + L: the same point, not reduced (RFC 8032 §5.1.7). */
function unreduced(): string {
  const [header, payload, signature] = okpGood.split('.') as [string, string, string];
  const bytes = Buffer.from(signature, 'base64url');
  let s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`);
  s += 2n ** 252n + 27742317777372353535851937790883648493n;
  const high = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  return `${header}.${payload}.${Buffer.concat([bytes.subarray(0, 32), high]).toString('base64url')}`;
}

const publicKey = createPublicKey({ key: { ...rs }, format: 'jwk' });
const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
const zero = Buffer.alloc(32);
const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])]);
const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const nowSeconds = Math.floor(Date.now() / 1000);
const pair = (r: Buffer, s: Buffer) => withSignature('ES256', Buffer.concat([r, s]));
const nested = (levels: number) => `{"iss":"i","a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

/** Where tokens stand in one request, and what both say; `OK` where the origin is reached. */
export interface SeveralTokens {
  name: string;
  headers?: [name: string, value: string][];
  query?: string;
  want: 'OK' | number;
}

const wrong = withSignature('RS256', Buffer.alloc(256, 1));
const bearer = (value: string): [string, string] => ['authorization', value];

/** Of a provider with all the places: `authorization` after `Bearer `, `x-token`, `access_token`, the cookie `s`. */
export const severalTokens: SeveralTokens[] = [
  {
    name: 'good ones in all places',
    headers: [bearer(`Bearer ${good}`), ['x-token', good], ['cookie', `s=${good}`]],
    query: `access_token=${good}`,
    want: 'OK',
  },
  {
    name: 'a good header, a bad parameter',
    headers: [bearer(`Bearer ${good}`)],
    query: `access_token=${wrong}`,
    want: 26,
  },
  {
    name: 'a bad header, a good parameter',
    headers: [bearer(`Bearer ${wrong}`)],
    query: `access_token=${good}`,
    want: 26,
  },
  {
    name: 'a good header, a bad cookie',
    headers: [bearer(`Bearer ${good}`), ['cookie', `s=${wrong}`]],
    want: 26,
  },
  {
    name: 'a bad header, a good cookie',
    headers: [bearer(`Bearer ${wrong}`), ['cookie', `s=${good}`]],
    want: 26,
  },
  {
    name: 'a good parameter, a cookie that is no token',
    headers: [['cookie', 's=x']],
    query: `access_token=${good}`,
    want: 4,
  },
  {
    name: 'two lines of a header, both good',
    headers: [
      ['x-token', good],
      ['x-token', good],
    ],
    want: 'OK',
  },
  {
    name: 'two lines of a header, the first bad',
    headers: [
      ['x-token', wrong],
      ['x-token', good],
    ],
    want: 26,
  },
  {
    name: 'two lines of a header, the second bad',
    headers: [
      ['x-token', good],
      ['X-Token', wrong],
    ],
    want: 26,
  },
  // Envoy has one line of this name, with a comma between the two.
  {
    name: 'two Authorization lines, both good',
    headers: [bearer(`Bearer ${good}`), bearer(`Bearer ${good}`)],
    want: 4,
  },
  {
    name: 'two Authorization lines, the second of another scheme',
    headers: [bearer(`Bearer ${good}`), bearer('Basic x')],
    want: 22,
  },
  {
    name: 'two Authorization lines, the first of another scheme',
    headers: [bearer('Basic x'), bearer(`Bearer ${good}`)],
    want: 'OK',
  },
  {
    name: 'two good ones with a comma between',
    headers: [bearer(`Bearer ${good}, Bearer ${good}`)],
    want: 4,
  },
  { name: 'a good one and a comma', headers: [bearer(`Bearer ${good},`)], want: 22 },
  { name: 'Bearer twice', headers: [bearer(`Bearer Bearer ${good}`)], want: 6 },
  { name: 'the scheme in lower case', headers: [bearer(`bearer ${good}`)], want: 1 },
  { name: 'the scheme in capitals', headers: [bearer(`BEARER ${good}`)], want: 1 },
  { name: 'a tab behind the scheme', headers: [bearer(`Bearer\t${good}`)], want: 1 },
  { name: 'two blanks behind the scheme', headers: [bearer(`Bearer  ${good}`)], want: 'OK' },
  {
    name: 'a parameter twice, the first good',
    query: `access_token=${good}&access_token=${wrong}`,
    want: 'OK',
  },
  { name: 'a parameter twice, the first bad', query: `access_token=${wrong}&access_token=${good}`, want: 26 },
  { name: 'a cookie twice, the first good', headers: [['cookie', `s=${good}; s=${wrong}`]], want: 'OK' },
  {
    name: 'a cookie twice, the first bad',
    headers: [
      ['cookie', `s=${wrong}`],
      ['cookie', `s=${good}`],
    ],
    want: 26,
  },
  { name: 'none', want: 1 },
];

/** What is asked of each line stands in its name; where nothing else is said the token's signature is good. */
export const attacks: Attack[] = [
  {
    name: 'no algorithm',
    twin: good,
    cases: [
      ['none without a signature', withSignature('none', ''), 4],
      ...['none', 'None', 'nOnE', ''].map((alg): [string, string, number] => [
        `"${alg}" with a signature`,
        withSignature(alg, 'AAAA'),
        8,
      ]),
    ],
  },
  {
    name: 'the public key as a secret',
    twin: good,
    cases: (
      [
        ['PEM', pem],
        ['PEM without its last newline', pem.trim()],
        ['PEM behind a blank', ` ${pem}`],
        ['DER', publicKey.export({ type: 'spki', format: 'der' })],
        ['the modulus', Buffer.from(rs['n'] as string, 'base64url')],
        ['the modulus as text', rs['n'] as string],
        ['the JWK', JSON.stringify(rs)],
        ['the set', JSON.stringify({ keys: [rs] })],
      ] as const
    ).map(([name, secret]) => [name, macWith(secret), 26]),
  },
  {
    name: 'another algorithm than the key’s, whose JWK says none: EC',
    keys: [es],
    twin: ecGood,
    cases: [
      ['RS256', rawToken({ alg: 'RS256' }, { iss: 'i' }, 'ES256'), 26, 'T8'],
      ['ES512', rawToken({ alg: 'ES512' }, { iss: 'i' }, 'ES256'), 26],
      ['EdDSA', rawToken({ alg: 'EdDSA' }, { iss: 'i' }, 'ES256'), 26, 'T8'],
    ],
  },
  {
    name: 'another algorithm than the key’s, whose JWK says none: OKP',
    keys: [okp],
    twin: okpGood,
    cases: ['ES256', 'RS256', 'HS256'].map((alg) => [
      alg,
      rawToken({ alg }, { iss: 'i' }, 'EdDSA'),
      26,
      'T8',
    ]),
  },
  {
    name: 'a key that the token brings or points to',
    twin: token({
      alg: 'RS256',
      jwk: rs,
      jku: 'http://127.0.0.1:1/',
      x5u: 'http://127.0.0.1:1/',
      x5c: ['x'],
    }),
    cases: [['its own jwk', withOwnKey(), 26]],
  },
  {
    name: 'a kid that is a path, a command, a property',
    keys: [{ ...rs, kid: 'k' }],
    twin: token({ alg: 'RS256', kid: 'k' }),
    cases: [
      ...[
        '../../dev/null',
        "' or 1=1 --",
        '; ls',
        'x'.repeat(10_000),
        '\0',
        '__proto__',
        'toString',
        'K',
        'k ',
      ].map((kid): [string, string, number] => [
        JSON.stringify(kid).slice(0, 20),
        token({ alg: 'RS256', kid }),
        32,
      ]),
      ...['1', '["k"]', '{}', 'null'].map((kid): [string, string, number] => [
        kid,
        token(`{"alg":"RS256","kid":${kid}}`),
        9,
      ]),
      ['twice', token('{"alg":"RS256","kid":"k","kid":"k"}'), 6],
    ],
  },
  {
    name: 'no kid, and several keys of one type',
    keys: [
      { ...strangersJwk, kid: 'a' },
      { ...rs, kid: 'b' },
      { ...es, kid: 'c' },
      { ...strangersJwk, kid: 'd' },
    ],
    twin: good,
    cases: [
      ['none of them is its key', withSignature('RS256', Buffer.alloc(256, 1)), 26],
      ['another one has its kid', token({ alg: 'RS256', kid: 'a' }), 26],
      ['one of another type has its kid', token({ alg: 'RS256', kid: 'c' }), 26],
    ],
  },
  {
    name: 'other letters for the same bytes',
    twin: good,
    cases: [
      ['the standard alphabet', good.replaceAll('-', '+').replaceAll('_', '/'), 22],
      ['a line feed behind', `${good}%0A`, 22],
      ['percent-encoded dots', good.replaceAll('.', '%2E'), 4],
    ],
  },
  {
    name: 'ECDSA at its edges',
    keys: [es],
    twin: ecGood,
    cases: [
      ['r = s = 0', pair(zero, zero), 26],
      ['r = s = n', pair(order, order), 26],
      ['r = 1, s = 0', pair(one, zero), 26],
      ['r = 0, s = 1', pair(zero, one), 26],
      ['r = n, s = 1', pair(order, one), 26],
      ['r = 1, s = n', pair(one, order), 26],
      ['a good one in DER', inDer(ecGood), 26],
      ['a good one without its last byte', ecGood.slice(0, -2), 26],
      ['half of a good one', ecGood.slice(0, -43), 26],
      ['none at all', withSignature('ES256', ''), 4],
    ],
  },
  {
    name: 'Ed25519 with an S that is not reduced',
    keys: [okp],
    twin: okpGood,
    cases: [['S + L', unreduced(), 26]],
  },
  {
    name: 'extensions',
    twin: token({ alg: 'RS256', b64: true }),
    cases: [
      ...[['exp'], [], ['alg'], ['absent'], null, 'x'].map((crit): [string, string, number, string] => [
        `crit ${JSON.stringify(crit)}`,
        token({ alg: 'RS256', crit, exp: 1 }),
        26,
        'T6',
      ]),
      ['b64 false', token({ alg: 'RS256', b64: false }), 26, 'T7'],
      ['b64 false, told', token({ alg: 'RS256', b64: false, crit: ['b64'] }), 26, 'T6'],
    ],
  },
  {
    name: 'a name twice',
    twin: claims('{"iss":"i","a":{"b":1},"c":{"b":1}}'),
    cases: [
      ['alg', token('{"alg":"none","alg":"RS256"}'), 6],
      ['iss', claims('{"iss":"x","iss":"i"}'), 11],
      ['exp', claims('{"iss":"i","exp":1,"exp":4000000000}'), 11],
      ['inside a claim', claims('{"iss":"i","a":{"b":1,"b":2}}'), 11],
      ['by an escape', claims('{"iss":"i","\\u0069ss":"i"}'), 11],
    ],
  },
  {
    name: 'exp and nbf of another kind',
    twin: claims('{"iss":"i","exp":4000000000.7,"nbf":1.5}'),
    // Nothing is said of its end by 0; 64 bits are enough for a time.
    admitted: ['0', '-0', '9007199254740993', '9223372036854775808'].map((value) => [
      `exp ${value}`,
      claims(`{"iss":"i","exp":${value}}`),
    ]),
    cases: [
      ...['"4000000000"', 'null', '[4000000000]', 'true', '{}'].flatMap(
        (value): [string, string, number][] => [
          [`exp ${value}`, claims(`{"iss":"i","exp":${value}}`), 18],
          [`nbf ${value}`, claims(`{"iss":"i","nbf":${value}}`), 16],
        ],
      ),
      ['exp 1e400', claims('{"iss":"i","exp":1e400}'), 11],
      ...['1e300', '-1', '-0.5', '18446744073709551615'].map((value): [string, string, number] => [
        `exp ${value}`,
        claims(`{"iss":"i","exp":${value}}`),
        19,
      ]),
      ['exp 1.5', claims('{"iss":"i","exp":1.5}'), 3],
      ...['1', '1e2'].map((value): [string, string, number] => [
        `exp ${value}`,
        claims(`{"iss":"i","exp":${value}}`),
        3,
      ]),
      ...['9223372036854775808', '9007199254740993', '4000000000'].map((value): [string, string, number] => [
        `nbf ${value}`,
        claims(`{"iss":"i","nbf":${value}}`),
        2,
      ]),
      ['nbf -1', claims('{"iss":"i","nbf":-1}'), 17],
    ],
  },
  {
    name: 'a life that is too long',
    provider: { require_expiration: true, max_lifetime: '600s' },
    twin: token({ alg: 'RS256' }, { iss: 'i', iat: nowSeconds, exp: nowSeconds + 500 }),
    cases: [
      ['no exp', token({ alg: 'RS256' }, { iss: 'i', iat: nowSeconds }), 26],
      ['exp 0', token({ alg: 'RS256' }, { iss: 'i', iat: nowSeconds, exp: 0 }), 26],
      ['an hour', token({ alg: 'RS256' }, { iss: 'i', iat: nowSeconds, exp: nowSeconds + 3600 }), 26],
      ['no iat', token({ alg: 'RS256' }, { iss: 'i', exp: nowSeconds + 3600 }), 26],
      [
        'iat in the future',
        token({ alg: 'RS256' }, { iss: 'i', iat: nowSeconds + 3600, exp: nowSeconds + 4000 }),
        26,
      ],
    ],
  },
  {
    name: 'almost the issuer',
    provider: { issuer: 'https://a/b' },
    twin: token({ alg: 'RS256' }, { iss: 'https://a/b' }),
    cases: [
      ...['https://a/b/', 'https://A/b', 'https://a', 'https://a/b?x', 'http://a/b', 'https://a/b ', ''].map(
        (iss): [string, string, number] => [iss, token({ alg: 'RS256' }, { iss }), 24],
      ),
      ['a list', claims('{"iss":["https://a/b"]}'), 12],
      ['none', claims('{}'), 24],
    ],
  },
  {
    name: 'almost the audience',
    provider: { audiences: ['a'] },
    twin: claims('{"iss":"i","aud":["x","a"]}'),
    cases: [
      ...['[]', '"aa"', '"A"', '""', '"a "', '"https://http://a"', '"a//"', '"HTTP://a"'].map(
        (aud): [string, string, number] => [aud, claims(`{"iss":"i","aud":${aud}}`), 25],
      ),
      ...['["a",1]', '[["a"]]', '{"a":1}', 'null'].map((aud): [string, string, number] => [
        aud,
        claims(`{"iss":"i","aud":${aud}}`),
        21,
      ]),
    ],
  },
  {
    name: 'a payload that is no object of text',
    provider: { subjects: { exact: '\u00e9' } },
    twin: claims('{"iss":"i","sub":"\u00e9"}'),
    cases: [
      ['a byte-order mark', claims('\ufeff{"iss":"i"}'), 11],
      ['a lone surrogate', claims('{"iss":"i","a":"\\ud800"}'), 11],
      ['a list', claims('["iss"]'), 11],
      ['a string', claims('"i"'), 11],
      [
        'bytes that are not UTF-8',
        signText(
          `${encodePart({ alg: 'RS256' })}.${Buffer.from('{"iss":"\xff"}', 'latin1').toString('base64url')}`,
        ),
        11,
      ],
      ['the same letter in two characters', claims('{"iss":"i","sub":"e\u0301"}'), 26],
    ],
  },
  {
    name: 'depth and size',
    twin: claims(nested(99)),
    cases: [
      ['100 levels', claims(nested(100)), 11],
      ['15,000 levels', claims(nested(15_000)), 11],
      ['a number of 30,000 digits', claims(`{"iss":"i","n":${'9'.repeat(30_000)}}`), 11],
      ['10,000 dots', '.'.repeat(10_000), 4],
      ['10,000 dots behind', good + '.'.repeat(10_000), 4, 'T1'],
    ],
  },
  {
    name: 'names that every object has',
    provider: { claim_to_headers: [{ header_name: 'x-c', claim_name: 'constructor' }] },
    twin: claims('{"iss":"i","__proto__":{"sub":"x"},"hasOwnProperty":"h"}'),
    cases: [
      ['iss of the prototype', claims('{"__proto__":{"iss":"i"}}'), 24],
      ['alg of the prototype', token('{"__proto__":{"alg":"RS256"}}'), 7],
    ],
  },
  {
    name: 'a type of another kind of token, which Envoy does not look at',
    twin: token({ alg: 'RS256', typ: 'at+jwt' }),
    admitted: ['dpop+jwt', 'logout+jwt', 'oauth-authz-req+jwt', 'ID', '', 1].map((typ) => [
      JSON.stringify(typ),
      token({ alg: 'RS256', typ }),
    ]),
    cases: [],
  },
  {
    name: 'a secret that anybody finds in a list',
    keys: [...['secret', 'changeme', PUBLISHED_SECRET].map((text) => octOf(text)), rs],
    twin: good,
    // Long enough for its algorithm: `validate` warns of it (L30).
    admitted: [['one as long as it has to be', macWith(PUBLISHED_SECRET)]],
    cases: ['secret', 'changeme'].map((secret) => [secret, macWith(secret), 26, 'K3']),
  },
  {
    name: 'encrypted tokens',
    twin: token({ alg: 'RS256', zip: 'DEF', enc: 'A128GCM' }),
    cases: [
      ['five parts', 'a.b.c.d.e', 4],
      [
        'PBES2 with a count of 2^31',
        `${encodePart({ alg: 'PBES2-HS256+A128KW', p2c: 2147483647 })}.a.b.c.d`,
        4,
      ],
      ['three parts and two', `${good}.x.y`, 4],
    ],
  },
];
