import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { ManualClock, silentLogger } from '../../base/index.ts';
import { createIssuer } from '../issuer.ts';
import { compileRealm } from '../realm/compile-realm.ts';
import { createMemoryStore } from '../store/memory-store.ts';

const SECRET = 'jwt-client-secret-of-64-bytes-jwt-client-secret-of-64-bytes-0000';
const ISSUER = 'https://id.example/realms/r';
const NOW = 1_700_000_000;

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Assertion {
  claims?: Record<string, unknown>;
  alg?: string;
  secret?: string;
}

function assertionOf({ claims = {}, alg = 'HS256', secret = SECRET }: Assertion): string {
  const own = { iss: 'robot', sub: 'robot', aud: ISSUER, iat: NOW, exp: NOW + 60, jti: 'j-1', ...claims };
  const text = `${encode({ alg })}.${encode(own)}`;
  const digest = alg.startsWith('HS') ? `sha${alg.slice(2)}` : 'sha256';
  return `${text}.${createHmac(digest, secret).update(text).digest('base64url')}`;
}

async function open() {
  const { realm } = await compileRealm({
    realm: 'r',
    clients: [
      {
        clientId: 'robot',
        secret: SECRET,
        serviceAccountsEnabled: true,
        clientAuthenticatorType: 'client-secret-jwt',
        attributes: { 'token.endpoint.auth.signing.alg': 'HS256' },
      },
      {
        clientId: 'any',
        secret: SECRET,
        serviceAccountsEnabled: true,
        clientAuthenticatorType: 'client-secret-jwt',
      },
      { clientId: 'plain', secret: SECRET, serviceAccountsEnabled: true },
      { clientId: 'off', secret: SECRET, enabled: false, clientAuthenticatorType: 'client-secret-jwt' },
    ],
  });
  assert.ok(realm);
  const clock = new ManualClock(NOW * 1000);
  const issuer = await createIssuer({
    realms: [realm],
    profile: 'modern',
    baseUrl: 'https://id.example',
    store: createMemoryStore(),
    clock,
    logger: silentLogger,
  });
  const send = async (form: Record<string, string>) => {
    const reply = await issuer.handle({
      method: 'POST',
      target: '/realms/r/protocol/openid-connect/token',
      header: (name) => (name === 'content-type' ? 'application/x-www-form-urlencoded' : undefined),
      body: Buffer.from(new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString()),
      remoteAddress: '127.0.0.1',
      isSecure: true,
    });
    const { error, error_description: text } = JSON.parse(reply.body) as Record<string, string>;
    return reply.status === 200 ? '200' : `${reply.status} ${error}: ${text}`;
  };
  const use = (assertion: string, more: Record<string, string> = {}) =>
    send({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...more,
    });
  return { clock, send, use };
}

const UNKNOWN = '401 invalid_client: Invalid client or Invalid client credentials';
const BAD_SIGNATURE =
  '400 unauthorized_client: Client authentication with client secret signed JWT failed: Signature on JWT token by client secret  failed validation';
const as = (client: string) => ({ iss: client, sub: client });

const CASES: { name: string; given: Assertion; form?: Record<string, string>; want: string }[] = [
  { name: 'for the issuer', given: {}, want: '200' },
  {
    name: 'for the token endpoint',
    given: { claims: { aud: `${ISSUER}/protocol/openid-connect/token` } },
    want: '200',
  },
  { name: 'for several audiences', given: { claims: { aud: ['x', ISSUER] } }, want: '200' },
  { name: 'with the client named in the form', given: {}, form: { client_id: 'robot' }, want: '200' },
  {
    name: 'by another algorithm where the client leaves it open',
    given: { alg: 'HS512', claims: as('any') },
    want: '200',
  },
  { name: 'with another client in the form', given: {}, form: { client_id: 'any' }, want: UNKNOWN },
  { name: 'of a client that has a plain secret', given: { claims: as('plain') }, want: UNKNOWN },
  { name: 'of a disabled client', given: { claims: as('off') }, want: UNKNOWN },
  { name: 'of nobody', given: { claims: as('nobody') }, want: UNKNOWN },
  { name: 'by one about another', given: { claims: { iss: 'any' } }, want: UNKNOWN },
  {
    name: 'for another audience',
    given: { claims: { aud: 'https://id.example/realms/x' } },
    want: '400 invalid_client: Invalid token audience',
  },
  { name: 'with another secret', given: { secret: 'x' }, want: BAD_SIGNATURE },
  {
    name: 'by another algorithm',
    given: { alg: 'HS512' },
    want: '400 invalid_client: Invalid signature algorithm',
  },
  {
    name: 'by RS256 made with the secret',
    given: { alg: 'RS256', claims: as('any') },
    want: '400 invalid_client: Invalid signature algorithm',
  },
  { name: 'by no algorithm', given: { alg: 'none', claims: as('any') }, want: UNKNOWN },
  {
    name: 'that has run out',
    given: { claims: { exp: NOW } },
    want: '400 invalid_client: Token is not active',
  },
  {
    name: 'without an end',
    given: { claims: { exp: undefined } },
    want: '400 invalid_client: Token is not active',
  },
  {
    name: 'that is not yet',
    given: { claims: { nbf: NOW + 5 } },
    want: '400 invalid_client: Token is not active',
  },
  {
    name: 'with an end far off',
    given: { claims: { exp: NOW + 9999 } },
    want: '400 invalid_client: Token expiration is too far in the future',
  },
  {
    name: 'without an id',
    given: { claims: { jti: undefined } },
    want: '400 invalid_client: Missing ID on the token',
  },
];

describe('client assertions', () => {
  for (const { name, given, form, want } of CASES) {
    it(`${name}: ${want}`, async () => {
      const { use } = await open();
      assert.equal(await use(assertionOf(given), form), want);
    });
  }

  it('are good once, for whoever holds them', async () => {
    const { use, clock } = await open();
    const assertion = assertionOf({});
    assert.equal(await use(assertion), '200');
    assert.equal(await use(assertion), '400 invalid_client: Token reuse detected');
    clock.advance(59_000);
    assert.equal(await use(assertion), '400 invalid_client: Token reuse detected');
    clock.advance(61_000);
    assert.equal(await use(assertion), '400 invalid_client: Token is not active');
  });

  it('cannot be replaced by the secret itself', async () => {
    const { send } = await open();
    const want = '401 unauthorized_client: Invalid client or Invalid client credentials';
    assert.equal(await send({ client_id: 'robot', client_secret: SECRET }), want);
  });

  it('need their type', async () => {
    const { send } = await open();
    assert.equal(await send({ client_assertion: assertionOf({}) }), UNKNOWN);
  });
});
