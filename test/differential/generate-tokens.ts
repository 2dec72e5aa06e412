import type { Choose } from './choose.ts';
import { FORGERIES } from './generate-forgeries.ts';
import type { ProviderPlan } from './generate-jwt.ts';
import type { PublishedKey } from './key-sets.ts';
import type { KeyPool, PoolKey } from './keys.ts';
import { AUDIENCES, CLAIMS, ISSUERS, SUBJECTS, wordsOf } from './words.ts';

type Claims = Record<string, unknown>;

/** A token before it is signed: each flaw changes something of it. */
export interface Draft {
  key: PoolKey;
  algorithm: string;
  header: Claims;
  claims: Claims;
  /** JSON texts in place of what `header` and `claims` give. */
  headerText?: string;
  claimsText?: string;
  /** Changes the finished text. */
  finish?: (token: string) => string;
}

export interface Context {
  choose: Choose;
  provider: ProviderPlan;
  pool: KeyPool;
  nowSeconds: number;
}

/** A token for a provider: good about every other time, else with one flaw, now and then with two. */
export function generateToken(
  choose: Choose,
  provider: ProviderPlan,
  pool: KeyPool,
  nowSeconds: number,
): string {
  const context = { choose, provider, pool, nowSeconds };
  const draft = draftGood(context);
  if (choose.chance(0.45)) pickFlaw(choose)(draft, context);
  if (choose.chance(0.05)) pickFlaw(choose)(draft, context);
  return signDraft(draft);
}

function draftGood({ choose, provider, nowSeconds }: Context): Draft {
  const published = choose.pick(provider.keySet.keys);
  const header: Claims = { alg: algorithmOf(published) };
  if (published.kid !== undefined && choose.chance(0.85)) header['kid'] = published.kid;
  if (choose.chance(0.3)) header['typ'] = 'JWT';
  const claims: Claims = {};
  const issuer = provider.issuer === '' ? choose.pick(['', ...ISSUERS]) : provider.issuer;
  if (issuer !== '' || choose.chance(0.3)) claims['iss'] = issuer;
  if (choose.chance(0.8)) claims['sub'] = choose.pick(SUBJECTS);
  const audience = generateAudience(choose, provider);
  if (audience !== undefined) claims['aud'] = audience;
  if (choose.chance(0.8)) claims['exp'] = nowSeconds + (provider.maxLifetimeSeconds === null ? 4000 : 1800);
  if (choose.chance(0.2)) claims['nbf'] = nowSeconds - 100;
  if (choose.chance(0.2)) claims['iat'] = nowSeconds + choose.pick([-100, 100]);
  if (choose.chance(0.1)) claims['jti'] = 'j';
  for (const name of choose.some(0, 4, Object.keys(CLAIMS)))
    claims[name] = choose.pick(CLAIMS[name] as unknown[]);
  return { key: published.key, algorithm: algorithmOf(published), header, claims };
}

const algorithmOf = ({ key, alg }: PublishedKey) => alg ?? (key.algorithms[0] as string);

function generateAudience(choose: Choose, { audiences }: ProviderPlan): string | string[] | undefined {
  if (audiences.length === 0) return choose.maybe(0.4, () => choose.pick(AUDIENCES));
  const audience = choose.pick(audiences);
  return choose.chance(0.5) ? audience : [choose.pick(AUDIENCES), audience];
}

function signDraft(draft: Draft): string {
  const { key, algorithm, header, claims, headerText, claimsText, finish } = draft;
  const encode = (text: string) => Buffer.from(text).toString('base64url');
  const first = encode(headerText ?? JSON.stringify(header));
  const signed = `${first}.${encode(claimsText ?? JSON.stringify(claims))}`;
  const token = `${signed}.${key.sign(signed, algorithm).toString('base64url')}`;
  return finish === undefined ? token : finish(token);
}

export type Flaw = (draft: Draft, context: Context) => void;

const setClaim =
  (name: string, values: (context: Context) => readonly unknown[]): Flaw =>
  (draft, context) => {
    const value = context.choose.pick(values(context));
    if (value === undefined) delete draft.claims[name];
    else draft.claims[name] = value;
  };

const setHeader =
  (name: string, ...values: unknown[]): Flaw =>
  (draft, { choose }) => {
    const value = choose.pick(values);
    if (value === undefined) delete draft.header[name];
    else draft.header[name] = value;
  };

/** Puts members into a JSON object's text as they are. */
const insert = (text: string, members: string) =>
  text === '{}' ? `{${members}}` : `{${members},${text.slice(1)}`;

const rawClaim =
  (...members: string[]): Flaw =>
  (draft, { choose }) => {
    const member = choose.pick(members);
    const name = /^"(\w+)"/.exec(member)?.[1];
    if (name !== undefined && choose.chance(0.9)) delete draft.claims[name];
    draft.claimsText = insert(JSON.stringify(draft.claims), member);
  };

const rawHeader =
  (...members: string[]): Flaw =>
  (draft, { choose }) => {
    draft.headerText = insert(JSON.stringify(draft.header), choose.pick(members));
  };

const changePart =
  (index: number, ...changes: ((part: string) => string)[]): Flaw =>
  (draft, { choose }) => {
    const change = choose.pick(changes);
    draft.finish = (token) =>
      token
        .split('.')
        .map((part, at) => (at === index ? change(part) : part))
        .join('.');
  };

const changeToken =
  (...changes: ((token: string) => string)[]): Flaw =>
  (draft, { choose }) => {
    draft.finish = choose.pick(changes);
  };

const flipFirst = (part: string) => (part.startsWith('A') ? 'B' : 'A') + part.slice(1);

const signElsewhere: Flaw = (draft, { choose, pool }) => {
  draft.key = choose.pick(pool.strangers);
  if (!choose.chance(0.7)) draft.algorithm = draft.header['alg'] = draft.key.algorithms[0] as string;
};

const swapAlgorithm: Flaw = (draft, { choose }) => {
  const names = [
    'none',
    'None',
    '',
    'HS256',
    'RS256',
    'RS384',
    'PS256',
    'ES256',
    'ES384',
    'EdDSA',
    'ES256K',
    'rs256',
  ];
  draft.header['alg'] = choose.pick(names);
  if (choose.chance(0.3)) draft.algorithm = draft.header['alg'] as string;
};

/** Seconds that the skew covers for as long as a batch takes, however slow; a skew of a minute or less covers none. */
const insideSkew = ({ skewSeconds }: ProviderPlan) => (skewSeconds < 300 ? -1000 : 1);

const FLAWS: readonly (readonly [weight: number, flaw: Flaw])[] = [
  [
    6,
    setClaim('exp', ({ nowSeconds: now, provider }) => [
      now - 3600,
      now - 400,
      now - insideSkew(provider),
      1,
      0,
      undefined,
      now + 200_000,
    ]),
  ],
  [
    3,
    setClaim('nbf', ({ nowSeconds: now, provider }) => [
      now + 3600,
      now + 1800,
      now + 20 * insideSkew(provider),
      0,
      4_000_000_000,
    ]),
  ],
  [5, setClaim('iss', () => [...ISSUERS, 'other', '', undefined])],
  [4, setClaim('aud', () => [...AUDIENCES, 'other', undefined, [], ['other', 'x'], ['A']])],
  [2, setClaim('sub', () => [...SUBJECTS, undefined])],
  [3, setHeader('kid', 'other', undefined, '', 'ES', 'shared', 'es', 'rs')],
  [4, (draft, context) => edgeTime(draft, context)],
  [5, signElsewhere],
  [4, swapAlgorithm],
  [
    3,
    changePart(
      2,
      flipFirst,
      (part) => part.slice(0, -4),
      (part) => `${part}AAAA`,
      () => 'AAAA',
    ),
  ],
  [
    2,
    changePart(
      0,
      flipFirst,
      (part) => `${part}!`,
      (part) => part.slice(0, -1),
      () => 'e30',
    ),
  ],
  [
    2,
    changePart(
      1,
      flipFirst,
      (part) => `${part}+`,
      (part) => part.slice(0, -1),
      () => 'e30',
      () => 'W10',
    ),
  ],
  [
    1,
    changePart(
      2,
      () => '!!',
      (part) => `${part}/`,
      (part) => part.slice(0, -1),
    ),
  ],
  [
    3,
    changeToken(
      (token) => token.slice(0, token.lastIndexOf('.')),
      (token) => `${token}.x`,
      () => '',
      () => 'x',
      () => 'a.b.c',
      (token) => token.slice(0, token.lastIndexOf('.') + 1),
      () => '..',
      (token) => `${token},${token}`,
      (token) => `${token} x`,
      (token) => `"${token}"`,
    ),
  ],
  [
    2,
    rawClaim(
      '"exp":"9999999999"',
      '"exp":null',
      '"exp":true',
      '"exp":-1',
      '"exp":1e20',
      '"exp":1.5',
      '"exp":[1]',
      '"exp":1e400',
      '"exp":-0.5',
      '"exp":18446744073709551615',
    ),
  ],
  [
    2,
    rawClaim(
      '"nbf":"1"',
      '"nbf":null',
      '"nbf":-1',
      '"nbf":1e300',
      '"iat":"x"',
      '"iat":-1',
      '"iat":null',
      '"iat":{}',
      '"iat":1e19',
    ),
  ],
  [
    2,
    rawClaim(
      '"iss":1',
      '"iss":null',
      '"iss":["i"]',
      '"sub":1',
      '"sub":null',
      '"sub":{}',
      '"jti":1',
      '"jti":null',
    ),
  ],
  [
    2,
    rawClaim(
      '"aud":1',
      '"aud":null',
      '"aud":{}',
      '"aud":["a",1]',
      '"aud":[["a"]]',
      '"aud":[null]',
      '"aud":true',
    ),
  ],
  [
    1,
    rawClaim(
      '"level":3.0',
      '"level":1E2',
      '"level":12345678901234567890',
      '"level":-9223372036854775809',
      '"level":0.1',
      '"level":1e21',
      '"level":123456789.125',
      '"level":5e-324',
      '"level":0e99',
      '"admin":[true]',
      '"groups":[1,2.5,true,null]',
      '"groups":{"0":"dev"}',
    ),
  ],
  [
    1,
    rawClaim(
      '"x":1,"x":2',
      '"iss":"i","iss":"i"',
      '"x":{"y":1,"y":2}',
      '"role":"user","role":"admin"',
      '"sub":"alice","sub":"bob"',
      '"nested":{"role":"r1","role":"r2"}',
      '"\\u0069ss":"i"',
      '"x":01',
      '"x":.5',
      '"x":NaN',
      '"x":"\\ud800"',
      '"x":"\\v"',
      '"x":True',
      '"x":/**/1',
    ),
  ],
  [1, rawHeader('"alg":"none"', '"kid":1', '"kid":null', '"x":1,"x":2', '"alg":null', '"x":1e999')],
  [1, setHeader('alg', 1, null, undefined, ['ES256'], {})],
  [1, setHeader('kid', 1, null, ['es'], {})],
  [
    1,
    (draft, { choose }) => {
      draft.claimsText = choose.pick([
        '[]',
        '"x"',
        '1',
        'true',
        '',
        '{',
        '{}x',
        '\ufeff{}',
        '{}',
        `{"a":${'['.repeat(120)}${']'.repeat(120)}}`,
        `{"a":${'['.repeat(99)}${']'.repeat(99)}}`,
      ]);
    },
  ],
  [
    1,
    (draft, { choose }) => {
      draft.headerText = choose.pick(['[]', '"x"', 'null', '', '{', '{}', '{"alg":"ES256"}{}']);
    },
  ],
];

/** Times about the edges of what the sides' numbers hold, as they may be spelled. */
const EDGE_TIMES = wordsOf(`
  9007199254740991 9007199254740992 9007199254740993 9007199254740991.5 9223372036854775807
  9223372036854775808 9223372036854774784 9223372036854777856 18446744073709551615
  18446744073709551616 18446744073709549568 18446744073709547520 36893488147419103232 1e15 1e16 1e18
  1e19 1.8446744073709552e19 9.223372036854775e18 4294967295 4294967296 9999999999.9 9999999999e0
  0.9e10 1e-5 0.5 0.0 -0 -0.0 -1 -1e-5 -9223372036854775808 -1e30 1E+10 99e8 9223372036 9223372037
  9223372036854 9223372036855 9223372036.9 2147483648
`);

const edgeTime: Flaw = (draft, { choose, provider }) => {
  const latest = [2n ** 64n, 2n ** 63n, 2n ** 53n].map((edge) => String(edge - BigInt(provider.skewSeconds)));
  const times = choose.some(1, 2, ['exp', 'exp', 'nbf', 'iat']).map((name) => {
    delete draft.claims[name];
    return `"${name}":${choose.pick([...EDGE_TIMES, ...latest])}`;
  });
  draft.claimsText = insert(JSON.stringify(draft.claims), times.join(','));
};

/** What Envoy forgives and jotgate does not (docs/divergences.md): seldom, so that it does not drown the rest. */
const LAX: readonly (readonly [weight: number, flaw: Flaw])[] = [
  [
    1,
    changeToken(
      (token) => `.${token}`,
      (token) => `${token}.`,
      (token) => token.replace('.', '..'),
    ),
  ],
  [
    1,
    changePart(
      2,
      (part) => `${part}=`,
      (part) => `${part}==`,
      (part) => `${part.slice(0, 5)} ${part.slice(5)}`,
    ),
  ],
  [1, rawClaim("'x':1", 'x:1', '"x":"\t"', '"x":[1,]', '"x":"\\\'"')],
  [1, rawHeader("'x':1", 'x:1', '"x":"\t"')],
  [
    1,
    (draft) => {
      draft.claimsText = 'null';
    },
  ],
  [1, setHeader('crit', ['exp'], [])],
  [1, setHeader('b64', false)],
];

function pickFlaw(choose: Choose): Flaw {
  const table = choose.chance(0.04) ? LAX : choose.chance(0.12) ? FORGERIES : FLAWS;
  return choose.weighted(table.map(([weight, flaw]) => [weight, () => flaw] as const));
}
