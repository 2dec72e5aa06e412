import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { Logger } from '../../src/base/index.ts';
import { bootstrapOf, clusterOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { keySetOf, rawToken, testJwk } from '../fixtures/raw-token.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { exchange } from './raw-exchange.ts';

const oldKey = testJwk('ES256', { kid: 'old' });
const newKey = testJwk('EdDSA', { kid: 'new' });
const oldToken = rawToken({ alg: 'ES256', kid: 'old' }, { iss: 'i' }, 'ES256');
const newToken = rawToken({ alg: 'EdDSA', kid: 'new' }, { iss: 'i' }, 'EdDSA');
const madeUp = (kid: string) => rawToken({ alg: 'ES256', kid }, { iss: 'i' }, 'ES256');

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function configOf(keyPort: number, remote: object): string {
  const remote_jwks = { http_uri: { uri: 'http://keys/k', cluster: 'keys', timeout: '5s' }, ...remote };
  const jwt = extension('filters.http.jwt_authn.v3.JwtAuthentication', {
    providers: { p: { issuer: 'i', remote_jwks } },
    rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
  });
  return bootstrapOf([listenerOf('gate', [managerOf({ filters: [jwt] })])], [clusterOf('keys', keyPort)]);
}

async function setUp(remote: object, options: { envoyExact?: boolean; logger?: Logger } = {}) {
  const published = { keys: [oldKey] };
  const server: Origin = await startOrigin((_request, response) => {
    response.writeHead(200).end(JSON.stringify(published));
  });
  const gate = await startGateOf(configOf(server.port, remote), options);
  open.push(gate, server);
  const port = gate.listeners[0]?.port ?? 0;
  const ask = async (token: string) => {
    const response = await exchange(
      port,
      `GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    return response?.status;
  };
  return { published, server, ask };
}

describe('a gate whose issuer changes its keys', () => {
  it('admits a token of the new key at once, and the old one no longer', async () => {
    const { published, server, ask } = await setUp({});
    assert.equal(keySetOf(oldKey, newKey).keys.length, 2);
    assert.equal(await ask(oldToken), 200);
    published.keys = [newKey];
    assert.equal(await ask(newToken), 200);
    assert.equal(await ask(oldToken), 401);
    assert.equal(server.requests.length, 2);
  });

  it('fetches once for however many kids are made up', async () => {
    const { server, ask } = await setUp({});
    assert.equal(await ask(oldToken), 200);
    const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => ask(madeUp(`k${index}`))));
    assert.deepEqual(new Set(answers), new Set([401]));
    assert.equal(await ask(oldToken), 200);
    assert.equal(server.requests.length, 2);
  });

  it('waits for cache_duration where Envoy is followed exactly', async () => {
    const { published, server, ask } = await setUp({}, { envoyExact: true });
    assert.equal(await ask(oldToken), 200);
    published.keys = [newKey];
    assert.equal(await ask(newToken), 401);
    assert.equal(server.requests.length, 1);
  });

  it('has the keys before it listens where async_fetch says so', async () => {
    const { server } = await setUp({ async_fetch: {} });
    assert.equal(server.requests.length, 1);
  });

  it('tells its log of bad keys among good ones', async () => {
    const reasons: unknown[] = [];
    const logger: Logger = {
      info() {},
      error() {},
      warn: (_message, fields) => reasons.push(fields?.reason),
    };
    const { published, ask } = await setUp({}, { logger });
    published.keys = [{ kty: 'EC', kid: 'broken' }, oldKey];
    assert.equal(await ask(oldToken), 200);
    assert.ok(reasons.includes('key 0 (kid `broken`) skipped: [x] field is missing for an EC key'));
  });
});
