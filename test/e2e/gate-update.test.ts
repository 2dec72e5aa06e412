import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { loadIstio } from '../../src/control/istio/index.ts';
import { type CertifiedKey, createDevelopmentAuthority } from '../../src/platform/index.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { exchange, RawClient } from './raw-exchange.ts';
import { loadChains, renderChain } from './tls-chain.ts';
import { createTokenSigner, EXPIRES_LATE } from './token-signer.ts';

const signer = createTokenSigner('RS256');
const ISSUER = 'https://issuer.test';
const TOKEN = signer.sign({ iss: ISSUER, sub: 'alice', exp: EXPIRES_LATE });

const rule = (issuer: string, keysPort: number) =>
  `  - { issuer: "${issuer}", jwksUri: "http://127.0.0.1:${keysPort}/keys" }\n`;
const authentication = (rules: string) => `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, namespace: foo }
spec:
  jwtRules:
${rules}---
`;
const allow = (path: string) => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: allow, namespace: foo }
spec:
  rules: [{ from: [{ source: { requestPrincipals: ["*"] } }], to: [{ operation: { paths: ["${path}"] } }] }]
`;

let origin: Origin;
let keyServer: Origin;
let answerLate: (() => void) | null = null;
let keysFail = false;
let gate: Gate;

const load = (text: string) => {
  const { snapshot, provenance, findings } = loadIstio([{ name: 'istio.yaml', text }], {
    upstream: `http://127.0.0.1:${origin.port}`,
    listen: { address: '127.0.0.1', port: 0 },
  });
  assert.ok(snapshot, JSON.stringify(findings.list));
  return { snapshot, provenance };
};
const port = () => gate.listeners[0]?.port ?? 0;
const head = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
const statusOf = async (path: string) => (await exchange(port(), head(path)))?.status;
const counter = (name: string) =>
  gate
    .stats()
    .filter(([full]) => full.endsWith(name))
    .reduce((sum, [, value]) => sum + value, 0);

describe('a gate that is given another configuration while it runs', () => {
  before(async () => {
    origin = await startOrigin(({ url }, response) => {
      const answer = () => void response.writeHead(200).end('origin');
      if (url === '/slow') answerLate = answer;
      else answer();
    });
    keyServer = await startOrigin((_request, response) => {
      response.writeHead(keysFail ? 503 : 200).end(signer.jwks);
    });
  });
  after(async () => {
    await origin?.close();
    await keyServer?.close();
  });
  beforeEach(async () => {
    keysFail = false;
    keyServer.requests.length = 0;
    gate = await startGate({
      ...load(authentication(rule(ISSUER, keyServer.port)) + allow('/*')),
      admin: false,
    });
  });

  afterEach(() => gate?.close());

  it('ends a request in flight as it began, and judges the next one on the same connection anew', async () => {
    const client = new RawClient(port());
    client.send(head('/slow'));
    while (answerLate === null) await new Promise((resolve) => setImmediate(resolve));
    const next = load(authentication(rule(ISSUER, keyServer.port)) + allow('/other'));
    assert.deepEqual((await gate.update(next)).problem, null);
    client.send(head('/slow') + head('/other'));
    answerLate();
    assert.equal((await client.response())?.body, 'origin');
    assert.equal((await client.response())?.status, 403);
    assert.equal((await client.response())?.status, 200);
    client.close();
  });

  it('keeps keys and verified tokens when only an AuthorizationPolicy changes', async () => {
    for (let round = 0; round < 3; round++) assert.equal(await statusOf('/a'), 200);
    const [hits, misses] = [counter('memo_hit'), counter('memo_miss')];
    assert.ok(hits > 0);
    await gate.update(load(authentication(rule(ISSUER, keyServer.port)) + allow('/a')));
    assert.equal(await statusOf('/a'), 200);
    assert.equal(await statusOf('/b'), 403);
    assert.deepEqual([counter('memo_hit'), counter('memo_miss')], [hits + 2, misses]);
    assert.equal(keyServer.requests.length, 1);
  });

  it('keeps the keys and tokens of a rule that stays, whatever its place among the others becomes', async () => {
    for (let round = 0; round < 3; round++) assert.equal(await statusOf('/a'), 200);
    keysFail = true;
    const rules = rule('https://a.test', keyServer.port) + rule(ISSUER, keyServer.port);
    const later = [
      authentication(rules) + allow('/*'),
      authentication(rules) + allow('/a'),
      authentication(rule(ISSUER, keyServer.port)) + allow('/a'),
    ];
    for (const text of later) {
      await gate.update(load(text));
      const hits = counter('memo_hit');
      assert.equal(await statusOf('/a'), 200);
      assert.equal(counter('memo_hit'), hits + 1);
    }
  });

  it('asks for keys again where their cluster leads to another server', async () => {
    assert.equal(await statusOf('/a'), 200);
    const moved = await startOrigin((_request, response) => {
      response.writeHead(200).end(createTokenSigner('RS256').jwks);
    });
    after(() => moved.close());
    const next = load(authentication(rule(ISSUER, keyServer.port)) + allow('/*'));
    const cluster = next.snapshot.clusters.find(({ name }) => name.includes(String(keyServer.port)));
    const endpoint = cluster?.loadAssignment?.endpoints[0]?.lbEndpoints[0]?.hostIdentifier;
    const address = endpoint?.case === 'endpoint' ? endpoint.value.address?.address : undefined;
    assert.ok(address?.case === 'socketAddress');
    address.value.portSpecifier = { case: 'portValue', value: moved.port };
    assert.equal((await gate.update(next)).problem, null);
    assert.equal(await statusOf('/a'), 401);
  });

  it('refuses the tokens of a rule that is gone', async () => {
    assert.equal(await statusOf('/a'), 200);
    await gate.update(load(authentication(rule('https://other.test', keyServer.port)) + allow('/*')));
    assert.equal(await statusOf('/a'), 401);
  });

  it('runs on as before where the new one cannot be run', async () => {
    const broken = load(authentication(rule(ISSUER, keyServer.port)) + allow('/b'));
    broken.snapshot.clusters[0]!.clusterDiscoveryType = {
      case: 'clusterType',
      value: { $typeName: 'envoy.config.cluster.v3.Cluster.CustomClusterType', name: 'x' },
    };
    const { problem, findings } = await gate.update(broken);
    assert.equal(problem, 'the configuration cannot be run');
    assert.match(findings.map(({ message }) => message).join(), /cluster_type/);
    assert.equal(await statusOf('/a'), 200);
    assert.equal(await statusOf('/b'), 200);
  });

  it('opens listeners that are new, closes those that are gone, and says where it listens', async () => {
    const first = port();
    const next = load(authentication(rule(ISSUER, keyServer.port)) + allow('/*'));
    const [one] = next.snapshot.listeners;
    assert.ok(one);
    const other = { ...one, name: 'other' };
    await gate.update({ ...next, snapshot: { ...next.snapshot, listeners: [one, other] } });
    const [kept, opened] = gate.listeners;
    assert.equal(kept?.port, first);
    assert.equal((await exchange(opened?.port ?? 0, head('/')))?.status, 200);
    await gate.update({ ...next, snapshot: { ...next.snapshot, listeners: [other] } });
    assert.deepEqual(
      gate.listeners.map(({ port: at }) => at),
      [opened?.port],
    );
    assert.equal((await exchange(first, head('/')))?.status, undefined);
    assert.equal((await exchange(opened?.port ?? 0, head('/')))?.status, 200);
  });

  it('runs on as before where an address cannot be had', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const next = load(authentication(rule(ISSUER, keyServer.port)) + allow('/b'));
    const [one] = next.snapshot.listeners;
    assert.ok(one?.address?.address.case === 'socketAddress');
    const { port: busy } = taken.address() as AddressInfo;
    one.address.address.value.portSpecifier = { case: 'portValue', value: busy };
    assert.match((await gate.update(next)).problem ?? '', /another program does/);
    assert.equal(await statusOf('/a'), 200);
    await new Promise((resolve) => taken.close(resolve));
  });
});

describe('a gate with TLS that is given another configuration', () => {
  const loadTls = (key: CertifiedKey | undefined, body: string) =>
    loadChains([renderChain({ body, ...(key !== undefined && { key }) })]);
  /** A connection that is kept: what one request on it is answered, null when the gate has ended it. */
  function open(at: number, ca: string) {
    const socket = connect({ port: at, host: '127.0.0.1', ca, servername: 'a.test' });
    let received = '';
    let wake = () => {};
    const more = () => wake();
    socket.on('data', (bytes) => {
      received += bytes.toString();
      more();
    });
    socket.on('close', more).on('error', () => undefined);
    const ask = async (): Promise<string | null> => {
      received = '';
      socket.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
      while (!/\r\n\r\n.*!$/.test(received) && !socket.closed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return socket.closed && received === '' ? null : received.slice(received.indexOf('\r\n\r\n') + 4);
    };
    return { ask, serial: () => socket.getPeerCertificate().serialNumber, close: () => socket.destroy() };
  }

  it('keeps connections when their routes change, and ends them when their certificate does', async () => {
    const authority = await createDevelopmentAuthority('ours');
    const names = { names: ['a.test'] };
    const [first, second] = [await authority.issue(names), await authority.issue(names)];
    const running = await startGate({ ...loadTls(first, 'one!'), admin: false });
    const at = running.listeners[0]?.port ?? 0;
    const client = open(at, authority.certificate);
    assert.equal(await client.ask(), 'one!');
    const serial = client.serial();
    await running.update(loadTls(first, 'two!'));
    assert.equal(await client.ask(), 'two!');
    assert.equal((await running.update(loadTls(second, 'three!'))).problem, null);
    assert.equal(await client.ask(), null);
    const later = open(at, authority.certificate);
    assert.equal(await later.ask(), 'three!');
    assert.notEqual(later.serial(), serial);
    later.close();
    await running.close();
  });

  it('speaks TLS at a port that was plain, and plain text again', async () => {
    const authority = await createDevelopmentAuthority('ours');
    const key = await authority.issue({ names: ['a.test'] });
    const plain = () => loadTls(undefined, 'plain!');
    const running = await startGate({ ...plain(), admin: false });
    const at = running.listeners[0]?.port ?? 0;
    const request = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';
    assert.equal((await exchange(at, request))?.body, 'plain!');
    assert.equal((await running.update(loadTls(key, 'secure!'))).problem, null);
    assert.deepEqual(
      running.listeners.map(({ port: now, tls }) => [now, tls]),
      [[at, true]],
    );
    const client = open(at, authority.certificate);
    assert.equal(await client.ask(), 'secure!');
    assert.equal(await exchange(at, request), null);
    assert.equal((await running.update(plain())).problem, null);
    assert.equal((await exchange(at, request))?.body, 'plain!');
    client.close();
    await running.close();
  });
});
