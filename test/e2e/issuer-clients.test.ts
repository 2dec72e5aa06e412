import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { closeFixtures, startFixture } from './issuer-fixture.ts';

const LOGIN = { username: 'demo', password: 'abcd1234', scope: 'openid' };

after(closeFixtures);

describe("strangers' clients get on with the issuer", () => {
  let fixture: Awaited<ReturnType<typeof startFixture>>;
  let issuerUrl: string;

  before(async () => {
    fixture = await startFixture();
    issuerUrl = fixture.running.issuer.issuerUrl('funnel');
  });

  it('openid-client discovers, logs in, refreshes and checks the ID token', async () => {
    const config = await client.discovery(new URL(issuerUrl), 'service', undefined, client.None(), {
      execute: [client.allowInsecureRequests],
    });
    const tokens = await client.genericGrantRequest(config, 'password', LOGIN);
    assert.equal(tokens.claims()?.sub, '20673bd6-2dad-4057-bda1-84cb4fa73fab');
    assert.equal(tokens.expires_in, 300);
    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    assert.notEqual(next.access_token, tokens.access_token);
    assert.equal(next.claims()?.sub, tokens.claims()?.sub);
  });

  it('openid-client authenticates a confidential client by each method that is advertised', async () => {
    const secret = 'machine-secret';
    for (const method of [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)]) {
      const config = await client.discovery(new URL(issuerUrl), 'machine', undefined, method, {
        execute: [client.allowInsecureRequests],
      });
      const tokens = await client.clientCredentialsGrant(config, { scope: 'funnel-mouth' });
      assert.equal(tokens.scope, 'funnel-spout funnel-mouth');
    }
  });

  it('oauth4webapi discovers, logs in, refreshes and reads a refusal', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const url = new URL(issuerUrl);
    const found = await oauth.discoveryRequest(url, insecure);
    const server = await oauth.processDiscoveryResponse(url, found);
    const own = { client_id: 'service' };
    const grant = (parameters: Record<string, string>) =>
      oauth.genericTokenEndpointRequest(server, own, oauth.None(), 'password', parameters, insecure);
    const tokens = await oauth.processGenericTokenEndpointResponse(server, own, await grant(LOGIN));
    assert.equal(tokens.token_type, 'bearer');
    const again = await oauth.refreshTokenGrantRequest(
      server,
      own,
      oauth.None(),
      tokens.refresh_token ?? '',
      insecure,
    );
    const refreshed = await oauth.processRefreshTokenResponse(server, own, again);
    assert.equal(refreshed.scope, tokens.scope);
    const refused = await grant({ ...LOGIN, password: 'wrong' });
    await assert.rejects(oauth.processGenericTokenEndpointResponse(server, own, refused), {
      error: 'invalid_grant',
    });
  });

  it('jose verifies access and ID token with the remote key set', async () => {
    const keys = createRemoteJWKSet(new URL(`${issuerUrl}/protocol/openid-connect/certs`));
    const { body } = await fixture.login({ scope: 'openid' });
    const access = await jwtVerify(body['access_token'] ?? '', keys, { issuer: issuerUrl });
    assert.deepEqual(access.payload['namespaces'], ['funnel', 'com.example']);
    const id = await jwtVerify(body['id_token'] ?? '', keys, { issuer: issuerUrl, audience: 'service' });
    assert.equal(id.payload['typ'], 'ID');
    const machine = {
      grant_type: 'client_credentials',
      client_id: 'machine',
      client_secret: 'machine-secret',
    };
    const service = await fixture.token(machine);
    const verified = await jwtVerify(service.body['access_token'] ?? '', keys, { algorithms: ['RS512'] });
    assert.equal(verified.payload['azp'], 'machine');
  });
});
