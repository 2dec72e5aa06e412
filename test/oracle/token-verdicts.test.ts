import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  checkAudience,
  checkIssuer,
  checkLifetime,
  checkTime,
  type JsonObject,
  type KeySet,
  parseToken,
  STATUS,
  type Status,
  statusText,
  verifySignature,
} from '../../src/core/jwt/index.ts';
import { systemClock } from '../../src/platform/index.ts';
import { RawClient } from '../e2e/raw-exchange.ts';
import { encodePart, keySetOf, rawToken, signText, testJwk, testKey } from '../fixtures/raw-token.ts';
import { mutateTokens } from '../fuzz/token-mutations.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from './envoy-process.ts';
import { type OracleProvider, renderOracleConfig } from './token-verdicts-config.ts';

const MUTATIONS = 2000;

const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const shortSecret = Buffer.from('short');

const providers = {
  all: {
    issuer: 'i',
    keys: (['RS256', 'PS256', 'ES256', 'EdDSA'] as const).map((alg) => testJwk(alg, { kid: alg, alg })),
  },
  any: { issuer: '', keys: [testJwk('RS256')] },
  aud: { issuer: 'i', audiences: ['a'], keys: [testJwk('RS256')] },
  life: { issuer: 'i', maxLifetimeSeconds: 3600, keys: [testJwk('RS256')] },
  okp: { issuer: 'i', keys: [testJwk('EdDSA'), testJwk('RS256')] },
  ec: { issuer: 'i', keys: [testJwk('ES256')] },
  oct: { issuer: 'i', keys: [testJwk('HS512')] },
  enc: { issuer: 'i', keys: [testJwk('RS256', { use: 'enc' })] },
  ops: { issuer: 'i', keys: [testJwk('RS256', { key_ops: ['sign'] })] },
  weak: { issuer: 'i', keys: [weakRsa.publicKey.export({ format: 'jwk' }) as JsonObject] },
  short: { issuer: 'i', keys: [{ kty: 'oct', k: shortSecret.toString('base64url') }] },
} satisfies Record<string, OracleProvider>;

type ProviderName = keyof typeof providers;

const keySets = Object.fromEntries(
  Object.entries(providers).map(([name, { keys }]) => [name, keySetOf(...keys)]),
) as Record<ProviderName, KeySet>;

/** The checks of the gate, in Envoy's order. */
function judge(name: ProviderName, text: string): Status {
  const { issuer, audiences = [], maxLifetimeSeconds }: OracleProvider = providers[name];
  const maxLifetimeMs = maxLifetimeSeconds === undefined ? null : maxLifetimeSeconds * 1000;
  const token = parseToken(text);
  if (typeof token === 'number') return token;
  return (
    checkIssuer(token.claims, issuer) ||
    checkTime(token.claims, systemClock.now(), 60) ||
    checkAudience(token.claims, new Set(audiences)) ||
    checkLifetime(token.claims, systemClock.now(), false, maxLifetimeMs) ||
    verifySignature(token, keySets[name]).status
  );
}

const RS = encodePart({ alg: 'RS256' });
const GOOD = encodePart({ iss: 'i' });
const good = signText(`${RS}.${GOOD}`);
const [, , goodSignature] = good.split('.') as [string, string, string];
const withHmac = (alg: string, hash: string, secret: Buffer | KeyObject): string => {
  const text = `${encodePart({ alg })}.${GOOD}`;
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
};
const withEcdsa = (alg: string, hash: string, edit: (signature: Buffer) => Buffer): string => {
  const text = `${encodePart({ alg })}.${GOOD}`;
  const key = { key: testKey('ES256').handle as KeyObject, dsaEncoding: 'ieee-p1363' } as const;
  return `${text}.${edit(sign(hash, Buffer.from(text), key)).toString('base64url')}`;
};
const withWeakRsa = (): string => {
  const text = `${RS}.${GOOD}`;
  return `${text}.${sign('sha256', Buffer.from(text), weakRsa.privateKey).toString('base64url')}`;
};
const zero = Buffer.alloc(1);

interface Divergence {
  row: string;
  name: string;
  provider?: ProviderName;
  token: string;
  want: Status;
}

/** What Envoy admits and jotgate does not: docs/divergences.md. */
const divergences: Divergence[] = [
  { row: 'T1', name: 'a dot in front', token: `.${good}`, want: STATUS.jwtIsNotThreeParts },
  { row: 'T1', name: 'two dots', token: good.replace('.', '..'), want: STATUS.jwtIsNotThreeParts },
  { row: 'T1', name: 'a dot behind', token: `${good}.`, want: STATUS.jwtIsNotThreeParts },
  {
    row: 'T2',
    name: 'a blank in the header',
    token: signText(`${RS.slice(0, 4)} ${RS.slice(4)}.${GOOD}`),
    want: STATUS.jwtHeaderBadBase64,
  },
  {
    row: 'T2',
    name: 'padding of the header',
    token: signText(`${encodePart('{"alg":"RS256"} ')}==.${GOOD}`),
    want: STATUS.jwtHeaderBadBase64,
  },
  {
    row: 'T2',
    name: 'a tab in the payload',
    token: signText(`${RS}.${GOOD.slice(0, 4)}\t${GOOD.slice(4)}`),
    want: STATUS.jwtPayloadBadBase64,
  },
  {
    row: 'T2',
    name: 'padding of the payload',
    token: signText(`${RS}.${GOOD}=`),
    want: STATUS.jwtPayloadBadBase64,
  },
  { row: 'T3', name: 'padding of the signature', token: `${good}==`, want: STATUS.jwtVerificationFails },
  {
    row: 'T3',
    name: 'a blank in the signature',
    token: `${good.slice(0, -4)} ${good.slice(-4)}`,
    want: STATUS.jwtVerificationFails,
  },
  {
    row: 'T3',
    name: 'unused bits',
    token: good.slice(0, -1) + nextLetter(goodSignature),
    want: STATUS.jwtVerificationFails,
  },
  {
    row: 'T4',
    name: 'a trailing comma in the header',
    token: rawToken('{"alg":"RS256",}', { iss: 'i' }),
    want: STATUS.jwtHeaderBadJson,
  },
  {
    row: 'T4',
    name: 'a name without quotes',
    token: rawToken('{alg:"RS256"}', { iss: 'i' }),
    want: STATUS.jwtHeaderBadJson,
  },
  {
    row: 'T4',
    name: 'single quotes',
    token: rawToken({ alg: 'RS256' }, "{'iss':'i'}"),
    want: STATUS.jwtPayloadBadJson,
  },
  {
    row: 'T4',
    name: 'a raw tab',
    token: rawToken({ alg: 'RS256' }, '{"iss":"i","a":"\t"}'),
    want: STATUS.jwtPayloadBadJson,
  },
  {
    row: 'T5',
    name: 'payload null',
    provider: 'any',
    token: rawToken({ alg: 'RS256' }, 'null'),
    want: STATUS.jwtPayloadBadJson,
  },
  {
    row: 'T6',
    name: 'crit',
    token: rawToken({ alg: 'RS256', crit: ['x'], x: 1 }, { iss: 'i' }),
    want: STATUS.jwtVerificationFails,
  },
  {
    row: 'T6',
    name: 'an empty crit',
    token: rawToken({ alg: 'RS256', crit: [] }, { iss: 'i' }),
    want: STATUS.jwtVerificationFails,
  },
  {
    row: 'T7',
    name: 'b64 false',
    token: rawToken({ alg: 'RS256', b64: false }, { iss: 'i' }),
    want: STATUS.jwtVerificationFails,
  },
  {
    row: 'T8',
    name: 'an HMAC that calls itself RS256',
    provider: 'oct',
    token: withHmac('RS256', 'sha256', testKey('HS512').handle as KeyObject),
    want: STATUS.jwtVerificationFails,
  },
  {
    row: 'T8',
    name: 'ES384 on P-256',
    provider: 'ec',
    token: withEcdsa('ES384', 'sha384', (bytes) => bytes),
    want: STATUS.jwtVerificationFails,
  },
  {
    row: 'T9',
    name: 'a byte too many',
    provider: 'ec',
    token: withEcdsa('ES256', 'sha256', (bytes) => Buffer.concat([bytes, zero])),
    want: STATUS.jwtVerificationFails,
  },
  {
    row: 'T9',
    name: 'padded halves',
    provider: 'ec',
    token: withEcdsa('ES256', 'sha256', (bytes) =>
      Buffer.concat([zero, bytes.subarray(0, 32), zero, bytes.subarray(32)]),
    ),
    want: STATUS.jwtVerificationFails,
  },
  ...['9223372036854775808', '1e19', '18446744073709549568'].map((exp) => ({
    row: 'T10',
    name: `an exp of ${exp} under max_lifetime`,
    provider: 'life' as const,
    token: rawToken({ alg: 'RS256' }, `{"iss":"i","exp":${exp}}`),
    want: STATUS.jwtVerificationFails,
  })),
  { row: 'K1', name: 'use enc', provider: 'enc', token: good, want: STATUS.jwtVerificationFails },
  {
    row: 'K1',
    name: 'key_ops without verify',
    provider: 'ops',
    token: good,
    want: STATUS.jwtVerificationFails,
  },
  {
    row: 'K2',
    name: 'RSA of 1024 bits',
    provider: 'weak',
    token: withWeakRsa(),
    want: STATUS.jwtVerificationFails,
  },
  {
    row: 'K3',
    name: 'a secret of five bytes',
    provider: 'short',
    token: withHmac('HS256', 'sha256', shortSecret),
    want: STATUS.jwtVerificationFails,
  },
];

/** The last letter's neighbour, which differs in unused bits only. */
function nextLetter(signature: string): string {
  return String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1);
}

const nowSeconds = Math.floor(systemClock.now() / 1000);
const nested = (levels: number): string => `{"iss":"i","a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

/** On these both say the same, text for text. */
const agreements: { name: string; provider?: ProviderName; token: string }[] = [
  { name: 'a good token', token: good },
  { name: 'a token with kid', token: rawToken({ alg: 'RS256', kid: 'RS256' }, { iss: 'i' }) },
  { name: 'a kid that no key has', token: rawToken({ alg: 'RS256', kid: 'x' }, { iss: 'i' }) },
  { name: 'an empty kid', token: rawToken({ alg: 'RS256', kid: '' }, { iss: 'i' }) },
  { name: 'another issuer', token: rawToken({ alg: 'RS256' }, { iss: 'j' }) },
  { name: 'an RS256 token before an Ed25519 key', provider: 'okp', token: good },
  { name: 'a letter in front', token: `a${good}` },
  { name: 'a letter behind', token: `${good}b` },
  {
    name: 'a wrong signature behind lenient JSON',
    token: `${encodePart('{"alg":"RS256",}')}.${GOOD}.${goodSignature}`,
  },
  { name: 'a wrong signature behind padding', token: `${RS}.${GOOD}=.${goodSignature}` },
  {
    name: 'an audience',
    provider: 'aud',
    token: rawToken({ alg: 'RS256' }, { iss: 'i', aud: ['x', 'https://a/'] }),
  },
  { name: 'no audience', provider: 'aud', token: good },
  {
    name: 'just expired, within the skew',
    token: rawToken({ alg: 'RS256' }, { iss: 'i', exp: nowSeconds - 30 }),
  },
  ...[nowSeconds - 30, nowSeconds + 3000, nowSeconds + 3900, 1e15, 9223372036854774784n, 0].map((exp) => ({
    name: `an exp of ${exp} under max_lifetime`,
    provider: 'life' as const,
    token: rawToken({ alg: 'RS256' }, `{"iss":"i","exp":${exp}}`),
  })),
  { name: 'expired', token: rawToken({ alg: 'RS256' }, { iss: 'i', exp: nowSeconds - 300 }) },
  { name: 'not valid yet', token: rawToken({ alg: 'RS256' }, { iss: 'i', nbf: nowSeconds + 300 }) },
  { name: 'expired and misspelled', token: `.${rawToken({ alg: 'RS256' }, { iss: 'i', exp: 1 })}` },
  ...[
    'null',
    '[]',
    '{}',
    '{"alg":1}',
    '{"alg":"none"}',
    '{"alg":"rs256"}',
    '{"alg":"RS256","alg":"RS256"}',
    '{"alg":"RS256","kid":1}',
    '{"alg":"RS256","b64":true}',
    '{"alg":"\\u0052S256"}',
    '\ufeff{"alg":"RS256"}',
  ].map((header) => ({ name: `header ${header}`, token: rawToken(header, { iss: 'i' }) })),
  ...[
    'null',
    '[]',
    '1',
    '{"iss":1}',
    '{"iss":"i","sub":null}',
    '{"iss":"i","iat":"1"}',
    '{"iss":"i","iat":-0.5}',
    '{"iss":"i","nbf":[]}',
    '{"iss":"i","nbf":1e300}',
    '{"iss":"i","exp":"1"}',
    '{"iss":"i","exp":18446744073709551615}',
    '{"iss":"i","exp":18446744073709549568}',
    '{"iss":"i","exp":-1}',
    '{"iss":"i","exp":0.5}',
    '{"iss":"i","jti":1}',
    '{"iss":"i","aud":1}',
    '{"iss":"i","aud":["a",1]}',
    '{"iss":"i","iss":"i"}',
    '{"iss":"i","a":1e400}',
    '{"iss":"i","a":1e-400}',
    '{"iss":"i","a":"\\ud800"}',
    '{"iss":"i","$a":1}',
    '{"iss":"i",$a:1}',
    '{"iss":"i"}x',
    ' {"iss":"i"}\n',
    nested(99),
    nested(100),
  ].map((payload) => ({
    name: `payload ${payload.slice(0, 50)}`,
    token: rawToken({ alg: 'RS256' }, payload),
  })),
];

describe('verdicts on tokens beside the real Envoy', { skip: findEnvoy() === null }, () => {
  let envoy: EnvoyProcess;
  let client: RawClient;
  before(async () => {
    envoy = await startEnvoy(renderOracleConfig(providers));
    client = new RawClient(envoy.listeners[0]?.port ?? 0);
  });
  after(async () => {
    client.close();
    await envoy.stop();
  });

  async function askEnvoy(name: ProviderName, token: string): Promise<string> {
    client.send(`GET /${name}/ HTTP/1.1\r\nhost: oracle.test\r\nx-token: ${token}\r\n\r\n`);
    return (await client.response())?.body ?? 'no response';
  }

  for (const { row, name, provider = 'all', token, want } of divergences) {
    it(`${row} ${name}: Envoy admits, jotgate says ${want}`, async () => {
      assert.equal(await askEnvoy(provider, token), 'OK');
      assert.equal(judge(provider, token), want);
    });
  }

  for (const { name, provider = 'all', token } of agreements) {
    it(`both say the same on ${name}`, async () => {
      assert.equal(statusText(judge(provider, token)), await askEnvoy(provider, token));
    });
  }

  it(`on ${MUTATIONS} mutated tokens the text is Envoy's wherever Envoy refuses, and twins are admitted`, async () => {
    const tokens = (['RS256', 'PS256', 'ES256', 'EdDSA'] as const).map((alg) =>
      rawToken({ alg, kid: alg }, { iss: 'i', sub: 's', exp: 4e9, aud: ['a'], scope: 'a b' }, alg),
    );
    for (const { text, twin } of mutateTokens(40, MUTATIONS, tokens)) {
      if (text === '') continue;
      const theirs = await askEnvoy('all', text);
      const ours = statusText(judge('all', text));
      if (theirs !== 'OK') assert.equal(ours, theirs, text);
      assert.equal(ours === 'OK', twin, text);
    }
  });
});
