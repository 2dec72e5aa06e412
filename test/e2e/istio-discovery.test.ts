import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ejectBootstrap, loadIstio } from '../../src/control/istio/index.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { createTokenSigner, EXPIRES_LATE } from './token-signer.ts';

const signer = createTokenSigner('RS256');
const stranger = createTokenSigner('RS256');

/** What the issuer answers; null: it closes the connection. */
interface Answers {
  discovery: string | null;
  keys: string | null;
}

const FETCH_FAILED = { status: 401, body: 'Jwks remote fetch is failed' };
const keySet = signer.jwks;

async function listen(answer: () => string | null): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => {
    const text = answer();
    if (text === null) response.destroy();
    else response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const manifest = (issuer: string) => `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, namespace: foo }
spec:
  jwtRules:
  - issuer: ${issuer}/
`;

describe('keys by discovery', () => {
  const answers: Answers = { discovery: null, keys: null };
  const servers: Server[] = [];
  let issuer = '';
  let keysUrl = '';
  let origin: Origin;
  let gate: Gate;

  async function restart(): Promise<void> {
    await gate?.close();
    const { snapshot, provenance } = loadIstio([{ name: 'istio.yaml', text: manifest(issuer) }], {
      upstream: `http://127.0.0.1:${origin.port}`,
      listen: { address: '127.0.0.1', port: 0 },
    });
    assert.ok(snapshot);
    gate = await startGate({ snapshot, provenance, admin: false });
  }

  async function ask(token: string | null): Promise<{ status: number; body: string }> {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const reply = await fetch(`http://127.0.0.1:${gate.listeners[0]?.port}/`, { headers });
    return { status: reply.status, body: await reply.text() };
  }

  const tokenOf = (who: typeof signer) => who.sign({ iss: `${issuer}/`, sub: 'alice', exp: EXPIRES_LATE });

  before(async () => {
    origin = await startOrigin();
    const discovery = await listen(() => answers.discovery);
    const keys = await listen(() => answers.keys);
    servers.push(discovery.server, keys.server);
    issuer = discovery.url;
    keysUrl = `${keys.url}/certs`;
  });
  after(async () => {
    await gate?.close();
    await origin?.close();
    for (const server of servers) server.close();
  });

  const failing: { name: string; given: () => Answers }[] = [
    { name: 'the issuer does not answer', given: () => ({ discovery: null, keys: keySet }) },
    { name: 'the document is no JSON', given: () => ({ discovery: 'not json', keys: keySet }) },
    { name: 'the document names no keys', given: () => ({ discovery: '{}', keys: keySet }) },
    {
      name: 'the address of the keys is none',
      given: () => ({ discovery: '{"jwks_uri":"x"}', keys: keySet }),
    },
    {
      name: 'the keys do not answer',
      given: () => ({ discovery: JSON.stringify({ jwks_uri: keysUrl }), keys: null }),
    },
    {
      name: 'the document is another issuer’s',
      given: () => ({
        discovery: JSON.stringify({ issuer: 'https://other.test', jwks_uri: keysUrl }),
        keys: keySet,
      }),
    },
    { name: 'the document is a key set', given: () => ({ discovery: keySet, keys: keySet }) },
  ];
  for (const { name, given } of failing) {
    it(`${name}: every token is refused and the reply says so, no token passes on`, async () => {
      Object.assign(answers, given());
      await restart();
      assert.deepEqual(await ask(tokenOf(signer)), FETCH_FAILED);
      assert.deepEqual(await ask(tokenOf(stranger)), FETCH_FAILED);
      assert.equal((await ask(null)).status, 200);
    });
  }

  it('the keys come as soon as the issuer answers', async () => {
    Object.assign(answers, { discovery: null, keys: keySet });
    await restart();
    assert.deepEqual(await ask(tokenOf(signer)), FETCH_FAILED);
    answers.discovery = JSON.stringify({ issuer: `${issuer}/`, jwks_uri: keysUrl });
    assert.equal((await ask(tokenOf(signer))).status, 200);
  });
  it('a stranger’s signature is refused', async () => {
    const { status, body } = await ask(tokenOf(stranger));
    assert.equal(status, 401);
    assert.match(body, /^Jwt verification fails$|^Jwks doesn't have key/);
  });
  it('known keys stay in use while the issuer is away', async () => {
    Object.assign(answers, { discovery: null, keys: null });
    assert.equal((await ask(tokenOf(signer))).status, 200);
  });
  it('what is ejected cannot ask an issuer, says so, and has a key whose private half nobody has', () => {
    const { snapshot, findings } = loadIstio([{ name: 'istio.yaml', text: manifest(issuer) }], {
      upstream: 'http://127.0.0.1:1',
      forEnvoy: true,
    });
    assert.ok(snapshot);
    assert.deepEqual(
      findings.list.filter(({ code }) => code === 'W415').map(({ at }) => at?.line),
      [6],
    );
    assert.match(ejectBootstrap(snapshot), /"e": "AQAB"/);
  });
});
