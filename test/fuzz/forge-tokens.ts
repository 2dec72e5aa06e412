import type { Random } from './random.ts';
import { type FuzzKey, type FuzzKeys, signByText, signGood, signTexts } from './token-keys.ts';

/** A token made with keys in hand, and how. */
export interface ForgedToken {
  readonly kind: string;
  readonly text: string;
  /** Nothing is wrong with it: it has to be admitted. */
  readonly twin: boolean;
}

const LATE = 4_000_000_000;
const TWIN_EVERY = 50;
const HEADERS: readonly ((alg: string, kid: string) => string)[] = [
  (_alg, kid) => `{"alg":"none","kid":"${kid}"}`,
  (_alg, kid) => `{"alg":"None","kid":"${kid}"}`,
  (_alg, kid) => `{"alg":"","kid":"${kid}"}`,
  (_alg, kid) => `{"alg":null,"kid":"${kid}"}`,
  (alg, kid) => `{"alg":["${alg}"],"kid":"${kid}"}`,
  (alg, kid) => `{"alg":"${alg.toLowerCase()}x","kid":"${kid}"}`,
  (alg, kid) => `{"alg":"${alg} ","kid":"${kid}"}`,
  (alg, kid) => `{"alg":"${alg}\\u0000","kid":"${kid}"}`,
  (alg, kid) => `{"alg":"none","alg":"${alg}","kid":"${kid}"}`,
  (alg, kid) => `{"alg":"${alg}","\\u0061lg":"none","kid":"${kid}"}`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}","kid":"other"}`,
  (alg) => `{"alg":"${alg}"}`,
  (alg) => `{"alg":"${alg}","kid":""}`,
  (alg) => `{"alg":"${alg}","kid":null}`,
  (alg) => `{"alg":"${alg}","kid":1}`,
  (alg) => `{"alg":"${alg}","kid":{}}`,
  (alg) => `{"alg":"${alg}","kid":"__proto__"}`,
  (alg) => `{"alg":"${alg}","kid":"../../dev/null"}`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}\\u0000"}`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}","crit":["exp"],"exp":1}`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}","crit":[]}`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}","b64":false}`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}","b64":false,"crit":["b64"]}`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}","zip":"DEF"}`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}","typ":1}`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}","jku":"http://127.0.0.1:1/"}`,
  (alg, kid) => ` {"alg":"${alg}","kid":"${kid}"} `,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}",}`,
  (alg, kid) => `{'alg':'${alg}','kid':'${kid}'}`,
  (alg, kid) => `{alg:"${alg}",kid:"${kid}"}`,
  (alg, kid) => `\ufeff{"alg":"${alg}","kid":"${kid}"}`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}"}x`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}"}\u0000`,
  (alg, kid) => `[{"alg":"${alg}","kid":"${kid}"}]`,
  (alg, kid) => `{"alg":"${alg}","kid":"${kid}","x":${'['.repeat(120)}${']'.repeat(120)}}`,
  () => 'null',
  () => '{}',
  () => '',
  ...[
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'ES384',
    'ES512',
    'HS384',
    'HS512',
    'EdDSA',
    'ES256K',
    'RS256',
    'ES256',
    'HS256',
  ].map((other) => (_alg: string, kid: string) => `{"alg":"${other}","kid":"${kid}"}`),
];

/** Values of `exp` and its like, as they stand in JSON. */
const NUMBERS = [
  ...[
    '0',
    '-0',
    '-1',
    '1',
    '0.5',
    '-0.5',
    '1.5',
    '1600000000',
    '4000000000.9',
    '4e9',
    '40000000e2',
    '9007199254740993',
  ],
  ...[
    '9223372036854775807',
    '9223372036854775808',
    '18446744073709551615',
    '18446744073709551616',
    '1e19',
    '1e300',
  ],
  ...[
    '1e400',
    '-1e400',
    '1e-400',
    'NaN',
    'Infinity',
    '+1',
    '01',
    '.5',
    '5.',
    '0x10',
    '1_000',
    '"4000000000"',
    '""',
  ],
  ...['null', 'true', '[]', '[4000000000]', '{}', '{"a":1}', '1600000000000'],
];

const ISSUERS = (issuer: string): string[] => [
  ...[
    `"${issuer}/"`,
    `"${issuer} "`,
    `" ${issuer}"`,
    `"${issuer.toUpperCase()}"`,
    `["${issuer}"]`,
    `"${issuer.slice(0, -1)}"`,
  ],
  ...[
    `"${issuer}x"`,
    `"x${issuer}"`,
    `"${issuer}\\u0000"`,
    '""',
    'null',
    '1',
    '{}',
    `"${issuer.replace('i', '\\u0069')}"`,
  ],
  ...[`"${issuer}","iss":"other"`, `"other","iss":"${issuer}"`, `"${issuer.replace('i', '\u0131')}"`],
];

const OTHERS = [
  ...[
    '"sub":1',
    '"sub":null',
    '"sub":["a"]',
    '"sub":""',
    '"jti":1',
    '"jti":null',
    '"aud":1',
    '"aud":[1]',
    '"aud":["a",1]',
  ],
  ...[
    '"aud":null',
    '"aud":{}',
    '"aud":[]',
    '"aud":"x"',
    '"iat":"x"',
    '"iat":null',
    '"iat":-1',
    '"iat":1e300',
    '"nbf":"x"',
  ],
  ...[
    '"nbf":4000000000',
    '"nbf":-1',
    '"nbf":null',
    '"nbf":1.5',
    '"__proto__":{"iss":"x"}',
    '"constructor":1',
    '"x":"\\ud800"',
  ],
  ...[
    '"x":"\\u0000"',
    '"x":1,"x":2',
    '"x":{"y":1,"y":2}',
    '"a\\u0062":1,"ab":2',
    '"x":"\t"',
    '"x":\'y\'',
    'x:1',
    '"x":1e400',
  ],
  ...[
    '"x":/*c*/1',
    '"x":01',
    '"x":"\\v"',
    '"x":undefined',
    '"x":True',
    `"x":${'{"a":'.repeat(98)}1${'}'.repeat(98)}`,
  ],
  ...[
    `"x":${'{"a":'.repeat(99)}1${'}'.repeat(99)}`,
    `"x":${'['.repeat(5000)}${']'.repeat(5000)}`,
    `"x":"${'a'.repeat(8000)}"`,
  ],
];

const WRAPPINGS: readonly ((payload: string) => string)[] = [
  (payload) => `[${payload}]`,
  (payload) => `"${payload.replaceAll('"', '\\"')}"`,
  (payload) => `\ufeff${payload}`,
  (payload) => ` \n${payload}\n `,
  (payload) => `${payload}x`,
  (payload) => `${payload}${payload}`,
  (payload) => `${payload}\u0000`,
  (payload) => payload.slice(0, -1),
  (payload) => `${payload.slice(0, -1)},}`,
  () => 'null',
  () => '',
  () => '1',
];

type Forgery = (context: ForgeryContext) => string;

interface ForgeryContext {
  readonly random: Random;
  readonly keys: FuzzKeys;
  readonly key: FuzzKey;
  /** A good token of `key`. */
  readonly good: string;
  readonly claims: Record<string, unknown>;
  readonly issuer: string;
}

function replacePart(token: string, at: number, change: (part: string) => string): string {
  const parts = token.split('.');
  parts[at] = change(parts[at] ?? '');
  return parts.join('.');
}

const resign = ({ key }: ForgeryContext, payload: string) =>
  signTexts(key, JSON.stringify({ alg: key.alg, kid: key.kid }), payload);

const forgeries: Readonly<Record<string, Forgery>> = {
  'signature of special numbers': ({ good, random }) =>
    replacePart(good, 2, (part) => {
      const length = Buffer.from(part, 'base64url').length;
      const half = Buffer.alloc(length / 2, random.pick([0, 0xff]));
      const one = Buffer.concat([Buffer.alloc(length / 2 - 1), Buffer.from([1])]);
      return Buffer.concat([random.pick([half, one]), random.pick([half, one])]).toString('base64url');
    }),
  'signature longer or shorter': ({ good, random }) =>
    replacePart(good, 2, (part) => {
      const bytes = Buffer.from(part, 'base64url');
      const zero = Buffer.alloc(1 + random.below(3));
      return random
        .pick([
          Buffer.concat([bytes, zero]),
          Buffer.concat([zero, bytes]),
          bytes.subarray(1),
          bytes.subarray(0, -1),
        ])
        .toString('base64url');
    }),
  'signature of another token': ({ good, keys, claims, random }) => {
    const other = signGood(random.pick(keys.keys), { ...claims, sub: 'other' });
    return replacePart(good, 2, () => other.split('.')[2] ?? '');
  },
  'payload of another token': ({ good, claims }) =>
    replacePart(good, 1, () => Buffer.from(JSON.stringify({ ...claims, sub: 'root' })).toString('base64url')),
  'header changed, signature kept': ({ good, key, random }) => {
    const header = random.pick(HEADERS)(key.alg, key.kid);
    return replacePart(good, 0, () => Buffer.from(header).toString('base64url'));
  },
  'header changed and signed': ({ key, claims, random }) =>
    signTexts(key, random.pick(HEADERS)(key.alg, key.kid), JSON.stringify(claims)),
  'signed by a stranger': ({ keys, claims }) => signGood(keys.stranger, claims),
  'kid of another key': ({ keys, key, claims, random }) => {
    const header = JSON.stringify({ alg: key.alg, kid: random.pick(keys.keys).kid });
    return signTexts(random.pick(keys.keys), header, JSON.stringify(claims));
  },
  'public key as secret': ({ keys, claims, random }) => {
    const kid = random.pick(['rs', 'es', 'hs', 'ed', undefined]);
    return signByText(random.pick(keys.publicTexts), { alg: 'HS256', ...(kid && { kid }) }, claims);
  },
  'time bent and signed': (context) => {
    const name = context.random.pick(['exp', 'nbf', 'iat']);
    const { [name]: _, ...others } = context.claims;
    return resign(context, `{"${name}":${context.random.pick(NUMBERS)},${JSON.stringify(others).slice(1)}`);
  },
  'issuer bent and signed': (context) => {
    const { iss: _, ...others } = context.claims;
    return resign(
      context,
      `{"iss":${context.random.pick(ISSUERS(context.issuer))},${JSON.stringify(others).slice(1)}`,
    );
  },
  'issuer or expiry missing': (context) => {
    const { iss, exp, ...others } = context.claims;
    return resign(
      context,
      JSON.stringify(context.random.chance(0.5) ? { iss, ...others } : { exp, ...others }),
    );
  },
  'another claim bent and signed': (context) => {
    const { sub: _, ...others } = context.claims;
    return resign(context, `{${context.random.pick(OTHERS)},${JSON.stringify(others).slice(1)}`);
  },
  'payload wrapped and signed': (context) =>
    resign(context, context.random.pick(WRAPPINGS)(JSON.stringify(context.claims))),
};

/** Tokens for ever: each fiftieth is good, the others are built wrongly, most of them under a good signature. */
export function* forgeTokens(random: Random, keys: FuzzKeys, issuer: string): Generator<ForgedToken> {
  const kinds = Object.keys(forgeries);
  for (let index = 0; ; index++) {
    const key = random.chance(0.1) ? (keys.keys[0] as FuzzKey) : random.pick(keys.keys.slice(1));
    const claims = { iss: issuer, sub: 'a', exp: LATE, jti: String(index) };
    const good = signGood(key, claims);
    const kind = random.pick(kinds);
    const twin = index % TWIN_EVERY === 0;
    if (twin) yield { kind: 'twin', text: good, twin };
    else yield { kind, text: forgeries[kind]?.({ random, keys, key, good, claims, issuer }) ?? '', twin };
  }
}
