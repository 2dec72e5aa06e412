import assert from 'node:assert/strict';
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { articleRefreshToken, articleToken } from '../fixtures/seed-tokens.ts';
import {
  ARTICLE_TIME_MS,
  closeFixtures,
  segmentText,
  startFixture,
  type TokenAnswer,
} from './issuer-fixture.ts';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What is new in every token: the ids of token and session; the user's id is not. */
const withoutIds = (text: string) =>
  text.replaceAll(UUID, (id) => (id === '20673bd6-2dad-4057-bda1-84cb4fa73fab' ? id : '<uuid>'));
const withoutKid = (header: string) => header.replace(/"kid" : "[^"]+"/, '"kid" : "…"');

after(closeFixtures);

describe("the article's login, answered as the article shows", () => {
  let fixture: Awaited<ReturnType<typeof startFixture>>;
  let answer: TokenAnswer;

  before(async () => {
    fixture = await startFixture({ startMs: ARTICLE_TIME_MS, baseUrl: 'https://auth.funnel-labs.io/auth' });
    answer = await fixture.login();
  });

  it("has the article's reply, member for member", () => {
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.body), [
      'access_token',
      'expires_in',
      'refresh_expires_in',
      'refresh_token',
      'token_type',
      'not-before-policy',
      'session_state',
      'scope',
    ]);
    const { access_token: _access, refresh_token: _refresh, session_state: state, ...rest } = answer.body;
    assert.deepEqual(rest, {
      expires_in: 300,
      refresh_expires_in: 1800,
      token_type: 'Bearer',
      'not-before-policy': 0,
      scope: 'funnel-spout funnel-mouth',
    });
    assert.match(state ?? '', new RegExp(`^${UUID.source}$`));
  });

  for (const [member, article] of [
    ['access_token', articleToken],
    ['refresh_token', articleRefreshToken],
  ] as const) {
    it(`writes the ${member} byte for byte like the article's, but for its ids and key`, () => {
      const token = answer.body[member];
      assert.equal(withoutKid(segmentText(token, 0)), withoutKid(segmentText(article, 0)));
      assert.equal(withoutIds(segmentText(token, 1)), withoutIds(segmentText(article, 1)));
      assert.equal(token?.length, article.length);
    });
  }

  it('serves every path with and without the prefix /auth', async () => {
    for (const prefix of ['', '/auth']) {
      const response = await fetch(`${fixture.running.url}${prefix}/realms/funnel`);
      const info = (await response.json()) as Record<string, string>;
      assert.equal(
        info['token-service'],
        'https://auth.funnel-labs.io/auth/realms/funnel/protocol/openid-connect',
      );
    }
  });

  it('answers a wrong password and an unknown user alike, with 401', async () => {
    for (const form of [{ password: 'wrong' }, { username: 'nobody' }]) {
      const { status, body } = await fixture.login(form);
      assert.equal(status, 401);
      assert.deepEqual(body, { error: 'invalid_grant', error_description: 'Invalid user credentials' });
    }
  });

  it('gives a token without the scope funnel-mouth to a client that has it as an option', async () => {
    const plain = await fixture.login({ client_id: 'reader' });
    assert.equal(plain.body['scope'], 'funnel-spout');
    const asked = await fixture.login({ client_id: 'reader', scope: 'funnel-mouth' });
    assert.equal(asked.body['scope'], 'funnel-spout funnel-mouth');
  });

  it('signs with RS512 for the client that wants it', async () => {
    const form = { grant_type: 'client_credentials', client_id: 'machine', client_secret: 'machine-secret' };
    const { body } = await fixture.token(form);
    assert.match(segmentText(body['access_token'], 0), /^\{"alg":"RS512",/);
    assert.equal(Buffer.from(body['access_token']?.split('.')[2] ?? '', 'base64url').length, 256);
  });
});

describe('the key set', () => {
  it('has certificates, thumbprints and key ids that agree with the keys', async () => {
    const fixture = await startFixture();
    const { keys } = (await (await fixture.get('/protocol/openid-connect/certs')).json()) as {
      keys: Record<string, string>[];
    };
    assert.deepEqual(keys.map((key) => `${key['use']} ${key['alg']}`).toSorted(), [
      'enc RSA-OAEP',
      'sig RS256',
      'sig RS512',
    ]);
    for (const key of keys) {
      assert.deepEqual(Object.keys(key), ['kid', 'kty', 'alg', 'use', 'x5c', 'x5t', 'x5t#S256', 'n', 'e']);
      const certificate = new X509Certificate(Buffer.from(key['x5c']?.[0] ?? '', 'base64'));
      const publicKey = createPublicKey({ key, format: 'jwk' });
      const spki = publicKey.export({ type: 'spki', format: 'der' });
      const digest = (name: string, bytes: Buffer) => createHash(name).update(bytes).digest('base64url');
      assert.ok(certificate.publicKey.equals(publicKey) && certificate.verify(publicKey));
      assert.equal(certificate.subject, 'CN=funnel');
      assert.equal(key['x5t'], digest('sha1', certificate.raw));
      assert.equal(key['x5t#S256'], digest('sha256', certificate.raw));
      assert.equal(key['kid'], digest('sha256', spki));
    }
  });

  it('shows the next key before it signs, and the last one after', async () => {
    const fixture = await startFixture();
    const { issuer } = fixture.running;
    const kids = async () => {
      const { keys } = (await (await fixture.get('/protocol/openid-connect/certs')).json()) as {
        keys: { kid: string }[];
      };
      return keys.map(({ kid }) => kid);
    };
    const signer = async () =>
      (JSON.parse(segmentText((await fixture.login()).body['access_token'], 0)) as { kid: string }).kid;
    const first = await signer();
    const next = await issuer.addKey('funnel');
    assert.ok((await kids()).includes(next.kid), 'the next key is published');
    assert.equal(await signer(), first, 'and does not sign yet');
    await assert.rejects(issuer.retireKey('funnel', first), /signs/);
    await issuer.activateKey('funnel', next.kid);
    assert.equal(await signer(), next.kid);
    assert.ok((await kids()).includes(first), 'the last key is still published');
    await issuer.retireKey('funnel', first);
    assert.ok(!(await kids()).includes(first), 'a retired key is not');
  });
});

describe('what discovery advertises', () => {
  it('is what is served', async () => {
    const fixture = await startFixture();
    const path = '/.well-known/openid-configuration';
    const document = (await (await fixture.get(path)).json()) as Record<string, string & string[]>;
    assert.equal(document['issuer'], `${fixture.running.url}/auth/realms/funnel`);
    assert.equal((await fetch(document['jwks_uri'] ?? '')).status, 200);
    for (const grant of document['grant_types_supported'] ?? []) {
      const { body } = await fixture.token({ grant_type: grant, client_id: 'service' });
      assert.notEqual(body['error'], 'unsupported_grant_type', grant);
    }
    const endpoints = Object.keys(document).filter((name) => name.endsWith('_endpoint'));
    assert.deepEqual(endpoints, ['token_endpoint']);
  });
});
