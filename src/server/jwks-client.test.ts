import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { silentLogger } from '../base/index.ts';
import { Deadlines } from '../proxy/http/index.ts';
import { Stats } from '../proxy/listener/index.ts';
import { Cluster } from '../proxy/upstream/cluster.ts';
import { ClusterStats } from '../proxy/upstream/cluster-stats.ts';
import { plainTransport } from '../proxy/upstream/transport.ts';
import { JwksClient } from './jwks-client.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** A cluster of one server that answers every request so; null: never. */
async function clusterOf(body: string | null, onRequest = () => {}): Promise<Cluster> {
  const server = createServer((_request, response) => {
    onRequest();
    if (body !== null) response.end(body);
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const settings = {
    name: 'keys',
    endpoints: [{ host: '127.0.0.1', port, isAddress: true, hostName: '' }],
    firstAddressOnly: false,
    family: 'auto' as const,
    loadBalancing: 'round-robin' as const,
    transport: plainTransport,
    http2: false,
    connectTimeoutMs: 1000,
    idleTimeoutMs: 0,
    refreshMs: 5000,
    stats: new ClusterStats('keys', new Stats(), () => undefined),
  };
  return new Cluster(settings, new Deadlines());
}

describe('callers that want the same keys at the same time', () => {
  const request = {
    provider: 'p',
    uri: 'http://h/keys',
    cluster: 'keys',
    timeoutMs: 60_000,
    retries: 0,
    backOffMs: { base: 1, max: 1 },
  };

  it('share one fetch', async () => {
    const client = new JwksClient(new Map([['keys', await clusterOf('a')]]), silentLogger, '127.0.0.1');
    const first = client.fetch(request);
    assert.equal(client.fetch(request), first);
    assert.equal(await first, 'a');
  });

  it('do not share one that ends sooner, or is not tried again', async () => {
    const client = new JwksClient(new Map([['keys', await clusterOf('a')]]), silentLogger, '127.0.0.1');
    const first = client.fetch(request);
    assert.equal(client.fetch({ ...request, provider: 'q' }), first);
    assert.notEqual(client.fetch({ ...request, timeoutMs: 10 }), first);
    assert.notEqual(client.fetch({ ...request, retries: 1 }), first);
    await first;
  });

  it('do not share one through a cluster that leads elsewhere by now', async () => {
    const [before, now] = [await clusterOf(null), await clusterOf('b')];
    const clusters = new Map([['keys', before]]);
    const client = new JwksClient(clusters, silentLogger, '127.0.0.1');
    void client.fetch(request);
    clusters.set('keys', now);
    assert.equal(await client.fetch(request), 'b');
  });
});

describe('a fetch without a limit of its own', () => {
  it('ends after five minutes, so that those who come later get another', async (test) => {
    const asked = Promise.withResolvers<void>();
    const cluster = await clusterOf(null, asked.resolve);
    const client = new JwksClient(new Map([['keys', cluster]]), silentLogger, '127.0.0.1');
    test.mock.timers.enable({ apis: ['setTimeout'] });
    const backOffMs = { base: 1, max: 1 };
    const request = {
      provider: 'p',
      uri: 'http://h/k',
      cluster: 'keys',
      timeoutMs: 0,
      retries: 0,
      backOffMs,
    };
    const answer = client.fetch(request);
    await asked.promise;
    test.mock.timers.tick(290_000);
    assert.equal(client.fetch(request), answer);
    test.mock.timers.tick(10_000);
    assert.equal(await answer, null);
  });
});

describe('a fetch whose tries have a limit', () => {
  it('ends with its only try, as long as the whole may take', async (test) => {
    const asked = Promise.withResolvers<void>();
    const cluster = await clusterOf(null, asked.resolve);
    const client = new JwksClient(new Map([['keys', cluster]]), silentLogger, '127.0.0.1');
    test.mock.timers.enable({ apis: ['setTimeout'] });
    const answer = client.fetch({
      provider: 'p',
      uri: 'http://h/k',
      cluster: 'keys',
      timeoutMs: 60_000,
      retries: 0,
      backOffMs: { base: 10, max: 100 },
      tryTimeoutMs: 100,
    });
    await asked.promise;
    test.mock.timers.tick(100);
    let ended: string | null | undefined;
    void answer.then((text) => {
      ended = text;
    });
    for (let turn = 0; turn < 100 && ended === undefined; turn++) await nextTurn();
    assert.equal(ended, null);
  });
});

describe('an address of keys that would not stay one line of a request', () => {
  for (const uri of ['http://h/a HTTP/1.1\r\nx-evil: 1', 'http://h/a b', 'http://h/\0', 'http://h/\u010a']) {
    it(`is not asked for: ${JSON.stringify(uri)}`, async () => {
      const reasons: unknown[] = [];
      const log = (_message: string, fields: Record<string, unknown> = {}) =>
        void reasons.push(fields['reason']);
      const client = new JwksClient(new Map(), { info: log, warn: log, error: log }, '127.0.0.1');
      const backOffMs = { base: 1, max: 1 };
      const request = { provider: 'p', uri, cluster: 'c', timeoutMs: 1, retries: 0, backOffMs };
      assert.equal(await client.fetch(request), null);
      assert.deepEqual(reasons, ['its address holds a blank or a control']);
    });
  }
});
