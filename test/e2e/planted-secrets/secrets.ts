import { createHash, generateKeyPairSync } from 'node:crypto';
import { createTokenSigner } from '../token-signer.ts';

export interface Secret {
  name: string;
  text: string;
}

/** Looks like what people make up or a generator gives, and stands nowhere else. */
const madeUp = (name: string, length = 24) =>
  createHash('sha512')
    .update(`planted ${name}`)
    .digest('base64url')
    .replaceAll(/[-_]/g, 'x')
    .slice(0, length);

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const pemOf = (type: 'pkcs8' | 'sec1') => newKey().export({ format: 'pem', type }).toString();
const newRsaKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

export const ISSUER = 'https://issuer.test';
export const AUDIENCE = 'api';
const signer = createTokenSigner('ES256');
const stranger = createTokenSigner('ES256');
export const publicKeys = signer.jwks;

const nowSeconds = Math.floor(Date.now() / 1000);
const claims = (about: string, more: object = {}) => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: madeUp(`subject of ${about}`),
  exp: nowSeconds + 3600,
  ...more,
});
const unsigned = `${btoa('{"alg":"none"}')}.${Buffer.from(JSON.stringify(claims('unsigned'))).toString('base64url')}.`;

/** Bearer tokens of every kind, good and bad. */
export const tokens = {
  good: signer.sign(
    claims('good', { email: `${madeUp('mail')}@mail.test`, realm_access: { roles: ['reader'] } }),
  ),
  expired: signer.sign(claims('expired', { exp: nowSeconds - 3600 })),
  early: signer.sign(claims('early', { nbf: nowSeconds + 3600 })),
  forged: stranger.sign(claims('forged')),
  elsewhere: signer.sign(claims('elsewhere', { aud: 'other' })),
  anyone: signer.sign(claims('anyone', { iss: 'https://stranger.test' })),
  unknownKey: signer.sign(claims('unknown key'), { kid: 'nobody' }),
  unsigned,
  cut: signer.sign(claims('cut')).split('.').slice(0, 2).join('.'),
  spoilt: `${signer.sign(claims('spoilt'))}!`,
  inQuery: signer.sign(claims('in query')),
  inCookie: signer.sign(claims('in cookie')),
  inHeader: signer.sign(claims('in header')),
  recorded: signer.sign(claims('recorded')),
} as const;

/** What stands in configuration. */
export const configured = {
  misplacedTlsKey: pemOf('pkcs8'),
  tlsKeyOfElliptic: pemOf('sec1'),
  tlsKeyOfRsa: newRsaKey().export({ format: 'pem', type: 'pkcs1' }).toString(),
  secretInManifest: pemOf('pkcs8'),
  hmacKey: Buffer.from(madeUp('hmac key', 40)).toString('base64url'),
  hmacKeyMisplaced: Buffer.from(madeUp('misplaced hmac key', 40)).toString('base64url'),
  signingExponent: String(newKey().export({ format: 'jwk' })['d']),
  apiKey: madeUp('api key of an upstream'),
  upstreamPassword: madeUp('password of an upstream', 16),
  jwksPassword: madeUp('password in the address of keys', 16),
  jwksParameter: madeUp('parameter in the address of keys'),
  newApiKey: madeUp('another api key of an upstream'),
  misplacedPassword: madeUp('password under a key that is not there', 14),
  misplacedNumber: madeUp('password where a number is wanted', 14),
  cookieValue: madeUp('cookie of an upstream'),
} as const;

/** What clients send besides tokens. */
export const sent = {
  basicPassword: madeUp('basic password', 16),
  sessionCookie: madeUp('session cookie', 32),
  csrfCookie: madeUp('other cookie', 32),
  apiKey: madeUp('api key of a client'),
  queryPassword: madeUp('password in a query', 16),
  bodyPassword: madeUp('password in a body', 16),
  malformed: madeUp('password in a malformed request', 20),
} as const;

/** Of the issuer: users, clients and their keys. */
export const issued = {
  userPassword: madeUp('password of a user', 16),
  wrongPassword: madeUp('wrong password of a user', 16),
  clientSecret: madeUp('secret of a client', 32),
  wrongClientSecret: madeUp('wrong secret of a client', 32),
  realmKey: newRsaKey().export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  brokenPassword: madeUp('password in a broken realm', 16),
  brokenSecret: madeUp('secret in a broken realm', 16),
  refreshToken: madeUp('refresh token of nobody', 40),
} as const;

export const mintSecret = madeUp('secret to mint with', 32);

const payloadsOf = (text: string): string[] => {
  const body = text.split('.')[1] ?? '';
  return Object.entries(JSON.parse(Buffer.from(body, 'base64url').toString()) as object).flatMap(
    ([name, value]) => ((name === 'sub' || name === 'email') && typeof value === 'string' ? [value] : []),
  );
};

const listOf = (kind: string, secrets: Readonly<Record<string, string>>): Secret[] =>
  Object.entries(secrets).map(([name, text]) => ({ name: `${kind} ${name}`, text }));

/** The first part of a key is the public half. */
const PUBLIC_LENGTH = 500;
const secretPartOf = ({ name, text }: Secret): Secret =>
  name === 'issued realmKey' ? { name, text: text.slice(PUBLIC_LENGTH) } : { name, text };

/** Everything that was planted; of tokens also what they say of whom. */
export const planted: readonly Secret[] = [
  ...listOf('token', tokens),
  ...Object.entries(tokens).flatMap(([name, token]) =>
    payloadsOf(token).map((text) => ({ name: `claim of token ${name}`, text })),
  ),
  ...listOf('configured', configured),
  ...listOf('sent', sent),
  ...listOf('issued', issued).map(secretPartOf),
  { name: 'secret to mint with', text: mintSecret },
];
