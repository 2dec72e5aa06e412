import assert from 'node:assert/strict';
import dns from 'node:dns/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it, mock } from 'node:test';
import { Worker } from 'node:worker_threads';
import { bootstrapOf, clusterOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { findFreePort } from './gate-process.ts';
import { until } from './loop-fixture.ts';
import { exchange } from './raw-exchange.ts';
import { createTokenSigner, EXPIRES_LATE } from './token-signer.ts';

const open: (() => unknown)[] = [];

afterEach(async () => {
  mock.restoreAll();
  syncBuiltinESMExports();
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(host: string, port: number, answer: (path: string, to: ServerResponse) => void) {
  const server: Server = createServer((request, response) => answer(request.url ?? '', response));
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A gate whose worker can be killed; resolves when another one serves. */
async function startKillable(text: string) {
  const workers: Worker[] = [];
  const emit = Worker.prototype.emit;
  mock.method(Worker.prototype, 'emit', function (this: Worker, ...args: Parameters<typeof emit>) {
    if (!workers.includes(this)) workers.push(this);
    return emit.apply(this, args);
  });
  const gate = await startGateOf(text);
  open.push(() => gate.close());
  const port = gate.listeners[0]?.port ?? 0;
  const ask = (path: string, ...fields: string[]) =>
    exchange(port, [`GET ${path} HTTP/1.1`, 'Host: h', ...fields, '', ''].join('\r\n')).catch(
      () => undefined,
    );
  const kill = async () => {
    await workers[0]?.terminate();
    while ((await ask('/open'))?.status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { ask, kill };
}

describe('a data worker that takes another one’s place', () => {
  it('is not given the keys that the other one asked for', async () => {
    const waiting = new Map<string, ServerResponse>();
    const keyPort = await serve('127.0.0.1', 0, (path, response) => void waiting.set(path, response));
    const provider = (issuer: string) => ({
      issuer,
      remote_jwks: { http_uri: { uri: `http://keys.test/${issuer}`, cluster: 'keys', timeout: '20s' } },
    });
    const rule = (name: string) => ({ match: { prefix: `/${name}` }, requires: { provider_name: name } });
    const jwt = extension('filters.http.jwt_authn.v3.JwtAuthentication', {
      providers: { a: provider('a'), b: provider('b') },
      rules: [rule('a'), rule('b')],
    });
    const gatePort = await findFreePort();
    const { ask, kill } = await startKillable(
      bootstrapOf(
        [listenerOf('one', [managerOf({ filters: [jwt] })], {}, gatePort)],
        [clusterOf('keys', keyPort)],
      ),
    );
    const a = createTokenSigner('ES256');
    const byA = (iss: string) => `Authorization: Bearer ${a.sign({ iss, exp: EXPIRES_LATE })}`;
    void ask('/a', byA('a'));
    await until(() => waiting.has('/a'));
    await kill();
    const forged = ask('/b', byA('b'));
    await until(() => waiting.has('/b'));
    waiting.get('/a')?.end(a.jwks);
    // The control thread has read that answer when it has read this one, which came after it.
    waiting.get('/b')?.end(createTokenSigner('ES256').jwks);
    assert.deepEqual([(await forged)?.status, (await forged)?.body], [401, 'Jwt verification fails']);
  });

  it('knows the addresses that names have by then', async () => {
    const port = await serve('127.0.0.1', 0, (_, response) => void response.end('old'));
    await serve('127.0.0.2', port, (_, response) => void response.end('new'));
    let address = '127.0.0.1';
    mock.method(dns, 'lookup', async () => [{ address, family: 4 }]);
    syncBuiltinESMExports();
    const named = {
      type: 'STRICT_DNS',
      dns_refresh_rate: '1s',
      load_assignment: {
        cluster_name: 'origin',
        endpoints: [
          {
            lb_endpoints: [
              {
                endpoint: { address: { socket_address: { address: 'origin.test', port_value: port } } },
              },
            ],
          },
        ],
      },
    };
    const routes = [
      { match: { prefix: '/open' }, direct_response: { status: 200 } },
      { match: { prefix: '/' }, route: { cluster: 'origin' } },
    ];
    const gatePort = await findFreePort();
    const { ask, kill } = await startKillable(
      bootstrapOf(
        [listenerOf('one', [managerOf({ routes })], {}, gatePort)],
        [clusterOf('origin', port, named)],
      ),
    );
    assert.equal((await ask('/'))?.body, 'old');
    address = '127.0.0.2';
    while ((await ask('/'))?.body !== 'new') await new Promise((resolve) => setTimeout(resolve, 50));
    await kill();
    assert.equal((await ask('/'))?.body, 'new');
  });
});
