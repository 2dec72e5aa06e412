import { createTokenSigner, EXPIRES_LATE } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, type Scene, type SceneRequest } from './scene.ts';

const signer = createTokenSigner('RS256');
const stranger = createTokenSigner('RS256');
const keys = { local_jwks: { inline_string: signer.jwks } };
const ISS = 'https://example.com';
const OTHER = 'https://other.com';

const good = signer.sign({ iss: ISS, sub: 'test@example.com', aud: 'example_service', exp: EXPIRES_LATE });
const expired = signer.sign({ iss: ISS, sub: 'test@example.com', aud: 'example_service', exp: 1205005587 });
const early = signer.sign({ iss: ISS, nbf: EXPIRES_LATE });
const badSignature = stranger.sign({ iss: ISS, exp: EXPIRES_LATE });
const withoutIss = signer.sign({ sub: 'test@example.com', exp: EXPIRES_LATE });
const other = signer.sign({ iss: OTHER, sub: 'test@other.com', exp: EXPIRES_LATE });
const otherBad = stranger.sign({ iss: OTHER, exp: EXPIRES_LATE });

const E = (token: string) => ['x-example', token] as const;
const O = (token: string) => ['x-other', token] as const;
const bearer = (token: string) => ['authorization', `Bearer ${token}`] as const;

const example = { provider_name: 'example' };
const otherProvider = { provider_name: 'other' };
const any = (...requirements: object[]) => ({ requires_any: { requirements } });
const all = (...requirements: object[]) => ({ requires_all: { requirements } });
const amof = { allow_missing_or_failed: {} };
const am = { allow_missing: {} };
const extract = { extract_only_without_validation: {} };

const REQUIREMENTS: Record<string, object> = {
  none: {},
  amof,
  am,
  'any-amof': any(example, amof),
  'all-amof': all(example, amof),
  'any-any-amof': all(any(example, amof), any(otherProvider, amof)),
  'any-am': any(example, am),
  'all-am': all(example, am),
  'any-any-am': all(any(example, am), any(otherProvider, am)),
  extract,
  'extract-named': { extract_only_without_validation: { verification_status_header: 'x-status' } },
  'any-extract': any(example, extract),
  'all-extract': all(example, extract),
  any: any(example, otherProvider),
  all: all(example, otherProvider),
  'am-amof': any(am, amof),
  audiences: { provider_and_audiences: { provider_name: 'example', audiences: ['http://example_service/'] } },
  'wrong-audiences': { provider_and_audiences: { provider_name: 'example', audiences: ['nobody'] } },
};

const TOKENS: Record<string, SceneRequest['headers']> = {
  nothing: [],
  'E good': [E(good)],
  'E expired': [E(expired)],
  'E early': [E(early)],
  'E bad signature': [E(badSignature)],
  'E without iss': [E(withoutIss)],
  'E other-good': [E(other)],
  'E malformed': [E('a.b')],
  'E empty': [E('')],
  'O other-good': [O(other)],
  'O bad signature': [O(otherBad)],
  'both good': [E(good), O(other)],
  'E good, O expired': [E(good), O(expired)],
  'E good, O bad signature': [E(good), O(otherBad)],
  'E expired, O other-good': [E(expired), O(other)],
  'E bad signature, O other-good': [E(badSignature), O(other)],
  'E good, O example’s good': [E(good), O(good)],
  'E good twice': [E(good), E(good)],
  'E good then bad': [E(good), E(badSignature)],
  'E bad then good': [E(expired), E(good)],
  'forged outputs': [
    ['x-example-payload', 'forged'],
    ['x-other-payload', 'forged'],
    ['x-jwt-signature-verified', 'true'],
  ],
};

const truth: Scene = {
  name: 'truth',
  filters: [
    jwtAuthn({
      providers: {
        example: {
          issuer: ISS,
          from_headers: [{ name: 'x-example' }],
          forward_payload_header: 'x-example-payload',
          forward: true,
          ...keys,
        },
        other: {
          issuer: OTHER,
          from_headers: [{ name: 'x-other' }],
          forward_payload_header: 'x-other-payload',
          forward: true,
          ...keys,
        },
      },
      requirement_map: { named: example },
      rules: [
        ...Object.entries(REQUIREMENTS).map(([name, requires]) => ({
          match: { path: `/${name}` },
          requires,
        })),
        { match: { path: '/named' }, requirement_name: 'named' },
        { match: { path: '/unset' } },
      ],
    }),
  ],
};

const truthCases: Case[] = [...Object.keys(REQUIREMENTS), 'named', 'unset', 'unruled'].flatMap(
  (requirement) =>
    Object.entries(TOKENS).map(([tokens, headers = []]) => ({
      name: `${requirement}: ${tokens}`,
      scene: 'truth',
      request: { path: `/${requirement}?q=1`, headers },
    })),
);

const places: Scene = {
  name: 'places',
  filters: [
    jwtAuthn({
      providers: {
        default: { issuer: ISS, forward_payload_header: 'x-payload', ...keys },
        headers: {
          issuer: ISS,
          from_headers: [
            { name: 'X-B', value_prefix: 'pre' },
            { name: 'x-a' },
            { name: 'x-b', value_prefix: 'other:' },
          ],
          ...keys,
        },
        params: { issuer: ISS, from_params: ['t', 'Z'], ...keys },
        cookies: { issuer: ISS, from_cookies: ['s', 'u'], ...keys },
        mixed: {
          issuer: ISS,
          from_headers: [{ name: 'x-m' }],
          from_params: ['m'],
          from_cookies: ['m'],
          ...keys,
        },
        colliding: {
          issuer: ISS,
          from_headers: [
            { name: 'a', value_prefix: 'bc' },
            { name: 'ab', value_prefix: 'c' },
          ],
          ...keys,
        },
      },
      rules: ['default', 'headers', 'params', 'cookies', 'mixed', 'colliding'].map((name) => ({
        match: { prefix: `/${name}` },
        requires: { provider_name: name },
      })),
    }),
  ],
};

const place = (name: string, path: string, headers: SceneRequest['headers'] = [], method = 'GET'): Case => ({
  name,
  scene: 'places',
  request: { method, path, headers },
});

const placeCases: Case[] = [
  place('bearer', '/default', [bearer(good)]),
  place('bearer is case-sensitive', '/default', [['authorization', `bearer ${good}`]]),
  place('another scheme before it', '/default', [['authorization', `Basic Bearer ${good}`]]),
  place('bearer without a blank', '/default', [['authorization', `Bearer-${good}`]]),
  place('bearer alone', '/default', [['authorization', 'Bearer']]),
  place('bearer and a blank', '/default', [['authorization', 'Bearer ']]),
  place('bearer and nothing legal', '/default', [['authorization', 'Bearer $$$']]),
  place('text before the token', '/default', [['authorization', `Bearer "${good}`]]),
  place('text after the token', '/default', [['authorization', `Bearer ${good}"`]]),
  place('two authorization lines', '/default', [bearer(good), bearer(good)]),
  place('bearer then basic', '/default', [bearer(good), ['authorization', 'Basic x']]),
  place('basic then bearer', '/default', [['authorization', 'Basic x'], bearer(good)]),
  place('access_token', `/default?access_token=${good}`),
  place('access_token among others', `/default?b=2&access_token=${good}&a=1`),
  place('header good, query good', `/default?access_token=${good}`, [bearer(good)]),
  place('header good, query bad', `/default?access_token=${badSignature}`, [bearer(good)]),
  place('header bad, query good', `/default?access_token=${good}`, [bearer(expired)]),
  place('header expired, query bad', `/default?access_token=${badSignature}`, [bearer(expired)]),
  place('empty access_token', '/default?access_token='),
  place('bare access_token', '/default?access_token'),
  place('the challenge keeps the query', '/default?a=1&b=%20'),
  place('the challenge cuts the path', `/default/${'x'.repeat(300)}`),
  place('HEAD', '/default', [], 'HEAD'),
  place('POST', '/default', [['content-length', '0']], 'POST'),
  place('x-envoy-original-path dictates the realm', '/default', [['x-envoy-original-path', '/elsewhere']]),
  place('x-forwarded-proto dictates the scheme', '/default', [['x-forwarded-proto', 'https']]),
  place('header without prefix', '/headers', [['x-a', good]]),
  place('header with prefix in the middle', '/headers', [['x-b', `xxpre ${good}`]]),
  place('header with the second prefix', '/headers', [['x-b', `other:${good}`]]),
  place('header with a prefix that is not there', '/headers', [['x-b', good]]),
  place('two headers, both good', '/headers', [
    ['x-a', good],
    ['x-b', `pre${good}`],
  ]),
  place('two headers, the last of the order is reported', '/headers', [
    ['x-a', expired],
    ['x-b', `pre${badSignature}`],
  ]),
  place('two lines, the last is reported', '/headers', [
    ['x-a', expired],
    ['x-a', badSignature],
  ]),
  place('a comma in one value', '/headers', [['x-a', `${good},${good}`]]),
  place('authorization is not looked at', '/headers', [bearer(good)]),
  place('parameter', `/params?t=${good}`),
  place('parameter, percent-encoded', `/params?t=${good.replaceAll('.', '%2E')}`),
  place('parameter with an encoded name', `/params?%74=${good}`),
  place('the first of two', `/params?t=${good}&t=bad`),
  place('the first of two is bad', `/params?t=bad&t=${good}`),
  place('names mind case', `/params?T=${good}`),
  place('Z before t: t is reported', `/params?Z=${expired}&t=${badSignature}`),
  place('a semicolon is no separator', `/params?a=1;t=${good}`),
  place('plus is no space', `/params?t=+${good}`),
  place('no query', '/params'),
  place('cookie', '/cookies', [['cookie', `a=1; s=${good}; b=2`]]),
  place('cookie in quotes', '/cookies', [['cookie', `s="${good}"`]]),
  place('cookie with one quote', '/cookies', [['cookie', `s="${good}`]]),
  place('cookie with a blank before its equals', '/cookies', [['cookie', `s =${good}`]]),
  place('cookie after a tab', '/cookies', [['cookie', `a=1;\ts=${good}`]]),
  place('cookie with a blank after its equals', '/cookies', [['cookie', `s= ${good}`]]),
  place('cookie quoted with a blank behind', '/cookies', [['cookie', `s="${good}" ;b=1`]]),
  place('first cookie wins', '/cookies', [['cookie', `s=${good}; s=bad`]]),
  place('first cookie wins over lines', '/cookies', [
    ['cookie', 's=bad'],
    ['cookie', `s=${good}`],
  ]),
  place('second line has it', '/cookies', [
    ['cookie', 'a=b'],
    ['cookie', `s=${good}`],
  ]),
  place('empty cookie', '/cookies', [['cookie', 's=']]),
  place('empty quoted cookie', '/cookies', [['cookie', 's=""']]),
  place('cookie without equals', '/cookies', [['cookie', 's']]),
  place('cookie names mind case', '/cookies', [['cookie', `S=${good}`]]),
  place('s before u: u is reported', '/cookies', [['cookie', `s=${expired}; u=${badSignature}`]]),
  place('all three places', `/mixed?m=${good}`, [
    ['x-m', good],
    ['cookie', `m=${good}`],
  ]),
  place('the cookie is reported first', `/mixed?m=${badSignature}`, [
    ['x-m', early],
    ['cookie', `m=${expired}`],
  ]),
  place('then the parameter', `/mixed?m=${badSignature}`, [
    ['x-m', early],
    ['cookie', `m=${good}`],
  ]),
  place('colliding locations: the first', '/colliding', [['a', `bc${good}`]]),
  place('colliding locations: the second', '/colliding', [['ab', `c${good}`]]),
];

const queries: [string, string][] = [
  ['sorted by name', `z=1&t=${good}&B=2&a=3`],
  ['grouped by name', `a=1&b=2&t=${good}&a=3`],
  ['bare names get an equals sign', `k&t=${good}`],
  ['an empty pair gets one too', `a=1&&t=${good}`],
  ['all occurrences go', `t=${good}&a=1&t=2`],
  ['an empty query loses its mark', `t=${good}`],
  ['harmless escapes are decoded', `a=%7E%2F%3A%41&t=${good}`],
  ['escapes in names are decoded', `%61=1&t=${good}`],
  ['bad escapes stay', `a=%zz%4&t=${good}`],
  ['plus stays', `a=b+c&t=${good}`],
  ['an equals sign in a value stays', `a=b=c&t=${good}`],
  ['a trailing ampersand goes', `t=${good}&`],
  ['a CR LF in a parameter', `a=%0d%0ax&t=${good}`],
  ['a NUL in a parameter', `a=%00&t=${good}`],
  ['a NUL in a second parameter of the name', `t=${good}&t=%00`],
];

const queryCases: Case[] = queries.map(([name, query]) => place(`query: ${name}`, `/params?${query}`));

const CLAIMS: Record<string, unknown> = {
  text: 'plain',
  blanks: ' a ',
  empty: '',
  yes: true,
  no: false,
  zero: 0,
  int: 9999,
  big: 2 ** 53 + 2,
  bigger: 1.8e19,
  over: 2 ** 64,
  huge: 1e30,
  negative: -5,
  half: 1.5,
  tie: 0.0078125,
  'tie-2': 0.0234375,
  tiny: 1e-7,
  long: 123456.123456789,
  nothing: null,
  list: ['str1', 'str2'],
  numbers: [
    1, 1.5, -2, 1e21, 1e-7, 1e20, 0.1, 1e15, 1234567890123456, 123456789012345680, 1.7e308, 5e-324, 0.0001,
    0.00001, -0,
  ],
  object: { 'k<>&/é\u2028\u2029': 'v\u0001\n\t"\\\u007f\u0080' },
  deep: { nested: { key: 'value1', list: ['a'], 'a.b': 'dotted' } },
  accents: 'é',
  'a.b': 'dot in name',
  emptyList: [],
  emptyObject: {},
};

const claimToken = signer.sign({ iss: ISS, exp: EXPIRES_LATE, ...CLAIMS });
const claimHeaders = [
  ...Object.keys(CLAIMS)
    .filter((name) => name !== 'deep')
    .map((name) => ({
      header_name: `x-c-${name.replaceAll('.', '-')}`,
      claim_name: name,
    })),
  { header_name: 'x-nested', claim_name: 'deep.nested.key' },
  { header_name: 'x-nested-list', claim_name: 'deep.nested.list[0]' },
  { header_name: 'x-through-text', claim_name: 'text.key' },
  { header_name: 'x-path', claim_path: [{ key: 'a.b' }] },
  { header_name: 'x-deep-path', claim_path: [{ key: 'deep' }, { key: 'nested' }, { key: 'a.b' }] },
  { header_name: 'x-twice', claim_name: 'text' },
  { header_name: 'X-Twice', claim_name: 'int' },
  { header_name: 'referer', claim_name: 'text' },
  { header_name: 'Referer', claim_name: 'int' },
  { header_name: 'expect', claim_name: 'text' },
  { header_name: 'expect', claim_name: 'int' },
  { header_name: 'x-missing', claim_name: 'missing' },
  { header_name: 'x-constructor', claim_name: 'constructor' },
];

const outputs: Scene = {
  name: 'outputs',
  filters: [
    jwtAuthn({
      providers: {
        claims: { issuer: ISS, claim_to_headers: claimHeaders, ...keys },
        padded: {
          issuer: ISS,
          forward_payload_header: 'x-padded',
          pad_forward_payload_header: true,
          ...keys,
        },
        strict: { issuer: ISS, audiences: ['https://example_service/', 'x'], clock_skew_seconds: 1, ...keys },
        subject: { issuer: ISS, subjects: { suffix: '@example.com' }, ...keys },
        expiring: { issuer: ISS, require_expiration: true, ...keys },
        lifetime: { issuer: ISS, max_lifetime: '60s', ...keys },
        anyone: {
          ...keys,
          payload_in_metadata: 'p',
          header_in_metadata: 'h',
          failed_status_in_metadata: 'f',
        },
        control: {
          issuer: ISS,
          claim_to_headers: [{ header_name: 'x-control', claim_name: 'control' }],
          ...keys,
        },
        none: { issuer: ISS, local_jwks: { inline_string: '' } },
        spaced: {
          issuer: ISS,
          payload_in_metadata: 'spaced',
          normalize_payload_in_metadata: {
            space_delimited_claims: ['scope', 'blank', 'number', 'twice', 'twice'],
          },
          ...keys,
        },
      },
      rules: [
        'claims',
        'padded',
        'strict',
        'subject',
        'expiring',
        'lifetime',
        'anyone',
        'control',
        'none',
        'spaced',
      ].map((name) => ({ match: { prefix: `/${name}` }, requires: { provider_name: name } })),
    }),
  ],
  routeConfig: {
    request_headers_to_add: [
      metadataHeader('x-md-payload', 'p'),
      metadataHeader('x-md-header', 'h'),
      metadataHeader('x-md-scope', 'spaced:scope'),
      metadataHeader('x-md-blank', 'spaced:blank'),
      metadataHeader('x-md-number', 'spaced:number'),
      metadataHeader('x-md-twice', 'spaced:twice'),
    ],
    virtual_hosts: [
      { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'origin' } }] },
    ],
  },
};

function metadataHeader(key: string, path: string): object {
  return { header: { key, value: `%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:${path})%` } };
}

const output = (name: string, path: string, token: string): Case => ({
  name,
  scene: 'outputs',
  request: { path, headers: [bearer(token), ['x-c-text', 'forged'], ['x-padded', 'forged']] },
});

const sign = (claims: object) => signer.sign({ iss: ISS, exp: EXPIRES_LATE, ...claims });

const outputCases: Case[] = [
  output('claims as headers', '/claims', claimToken),
  output('padded payload', '/padded', good),
  output('padded payload, one more', '/padded', sign({ a: 'x' })),
  output('padded payload, two more', '/padded', sign({ a: 'xx' })),
  output('audience after normalisation', '/strict', sign({ aud: 'http://example_service' })),
  output('audience of a list', '/strict', sign({ aud: ['a', 'x'] })),
  output('wrong audience is 403', '/strict', sign({ aud: 'y' })),
  output('no audience is 403', '/strict', sign({})),
  output('empty audience list is 403', '/strict', sign({ aud: [] })),
  output('subject', '/subject', good),
  output('wrong subject', '/subject', sign({ sub: 'test@other.com' })),
  output('no subject', '/subject', sign({})),
  output('an expiry is required', '/expiring', signer.sign({ iss: ISS })),
  output('and is there', '/expiring', good),
  output('too long a life', '/lifetime', good),
  output('no keys', '/none', good),
  output('no keys, but expired first', '/none', expired),
  output('anyone’s token in metadata', '/anyone', signer.sign({ a: [1, { c: true, b: null }], n: 1.5 })),
  output('metadata of a failure', '/anyone', badSignature),
  output('scope as a list', '/spaced', sign({ scope: 'read  write', blank: '  ', number: 5 })),
  output('a list that is asked for twice', '/spaced', sign({ twice: 'a b' })),
  output('a control character cannot be sent', '/control', sign({ control: 'a\nb' })),
  output('nor can DEL', '/control', sign({ control: 'a\u007fb' })),
  output('a tab can', '/control', sign({ control: 'a\tb' })),
];

const RULES: object[] = [
  { match: { path: '/path' } },
  { match: { prefix: '/pre' } },
  { match: { path_separated_prefix: '/sep' } },
  { match: { safe_regex: { regex: '/re[0-9]+' } } },
  { match: { safe_regex: { regex: '(?i)/insensitive/.*' } } },
  { match: { path: '/Case', case_sensitive: false } },
  { match: { prefix: '/Fold', case_sensitive: false } },
  { match: { prefix: '/h', headers: [{ name: 'x-h', string_match: { exact: 'v' } }] } },
  { match: { prefix: '/q', query_parameters: [{ name: 'a', string_match: { exact: '1' } }] } },
  { match: { prefix: '/p', query_parameters: [{ name: 'a', present_match: true }] } },
];

const rules: Scene = {
  name: 'rules',
  filters: [
    jwtAuthn({
      providers: { p: { issuer: ISS, ...keys } },
      rules: [...RULES, { match: { prefix: '/' }, requires: { provider_name: 'p' } }],
      bypass_cors_preflight: true,
    }),
  ],
};

const rulePaths = [
  '/path',
  '/path/',
  '/path?a',
  '/Path',
  '/pre',
  '/prefix',
  '/sep',
  '/sep/',
  '/sep/x',
  '/separate',
  '/sep?x',
  '/re1',
  '/re',
  '/re12?x',
  '/re1/',
  '/INSENSITIVE/x',
  '/CASE',
  '/case/',
  '/fOLDER',
  '/h',
  '/q',
  '/q?a=1',
  '/q?a=2&a=1',
  '/q?b=2&a=1',
  '/q?a=%31',
  '/p?a',
  '/p?A',
  '/p?b=a',
  '//path',
  '/./path',
  '/%70ath',
  '/path;v=1',
  '/',
];

const ruleCases: Case[] = [
  ...rulePaths.map((path) => ({ name: `rule for ${path}`, scene: 'rules', request: { path } })),
  { name: 'rule by header', scene: 'rules', request: { path: '/h', headers: [['x-h', 'v']] } },
  {
    name: 'rule by header, second line',
    scene: 'rules',
    request: {
      path: '/h',
      headers: [
        ['x-h', 'u'],
        ['X-H', 'v'],
      ],
    },
  },
  {
    name: 'preflight passes',
    scene: 'rules',
    request: {
      method: 'OPTIONS',
      path: '/',
      headers: [
        ['origin', 'x'],
        ['access-control-request-method', 'GET'],
        ['content-length', '0'],
      ],
    },
  },
  {
    name: 'preflight without its method does not',
    scene: 'rules',
    request: {
      method: 'OPTIONS',
      path: '/',
      headers: [
        ['origin', 'x'],
        ['content-length', '0'],
      ],
    },
  },
  {
    name: 'GET is no preflight',
    scene: 'rules',
    request: {
      path: '/',
      headers: [
        ['origin', 'x'],
        ['access-control-request-method', 'GET'],
      ],
    },
  },
];

const stripped: Scene = {
  name: 'stripped',
  filters: [
    jwtAuthn({
      providers: { p: { issuer: ISS, ...keys } },
      rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
      strip_failure_response: true,
    }),
  ],
};

export const jwtScenes: readonly Scene[] = [truth, places, outputs, rules, stripped];

export const jwtCases: readonly Case[] = [
  ...truthCases,
  ...placeCases,
  ...queryCases,
  ...outputCases,
  ...ruleCases,
  { name: 'stripped reply', scene: 'stripped', request: { path: '/x' } },
];
