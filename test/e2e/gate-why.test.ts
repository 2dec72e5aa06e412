import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Gate, startGate } from '../../src/server/index.ts';
import { runCli } from '../fixtures/collecting-io.ts';
import { addressOf, bootstrapOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { loadText, startGateOf } from '../fixtures/loaded-gate.ts';
import { createTokenSigner, EXPIRES_LATE } from './token-signer.ts';

const signer = createTokenSigner('RS256');
const SECRET = 'a-name-that-nobody-else-has';
const token = signer.sign({ iss: 'https://issuer.test', sub: SECRET, scope: 'read', exp: EXPIRES_LATE });

const config = `
admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
static_resources:
  listeners:
  - name: front
    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: front
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes: [ { match: { prefix: / }, direct_response: { status: 200 } } ]
          http_filters:
          - name: jwt
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
              providers:
                kc:
                  issuer: https://issuer.test
                  local_jwks: { inline_string: '${signer.jwks}' }
                  payload_in_metadata: payload
              rules: [ { match: { prefix: / }, requires: { provider_name: kc } } ]
          - name: rbac
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
              rules:
                policies:
                  writers:
                    permissions: [ { any: true } ]
                    principals:
                    - metadata:
                        filter: envoy.filters.http.jwt_authn
                        path: [ { key: payload }, { key: sub } ]
                        value: { string_match: { exact: root } }
          - name: router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
`;

const start = (explains: { namesReplies: boolean } | undefined) =>
  startGate({ ...loadText(config, 'gate.yaml'), explains });

const authorization = `Bearer ${token}`;
const ask = (gate: Gate, path: string, headers: Record<string, string> = { authorization }) =>
  fetch(`http://127.0.0.1:${gate.listeners[0]?.port}${path}`, { headers });
const admin = (gate: Gate, path: string) => fetch(`http://127.0.0.1:${gate.admin?.port}${path}`);

/** A refusal is explained behind the reply's back. */
async function explained(gate: Gate, path: string): Promise<string> {
  for (let tries = 0; tries < 400; tries++) {
    const response = await admin(gate, path);
    if (response.status === 200) return response.text();
    await response.text();
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`${path} has nothing`);
}

describe('a gate that explains what it refuses', () => {
  let gate: Gate;
  before(async () => {
    gate = await start({ namesReplies: true });
  });
  after(() => gate.close());

  it('names each refusal, and its admin interface has the tree under that name, with file and line', async () => {
    const response = await ask(gate, `/x?access_token=${token}`);
    const id = response.headers.get('x-jotgate-why') ?? '';
    assert.deepEqual([response.status, /^[\da-f]{16}$/.test(id)], [403, true]);
    const text = await explained(gate, `/why/${id}`);
    const { status, request, playedAgain, steps } = JSON.parse(text);
    assert.deepEqual([status, request.method, playedAgain], [403, 'GET', undefined]);
    const rbac = steps[0].steps.find((step: { text: string }) => step.text === 'rbac');
    assert.equal(rbac.verdict, 'deny');
    assert.deepEqual(rbac.at.file, 'gate.yaml');
    assert.match(text, /claim sub = \(not shown, [\da-f]{6}\)/);
    assert.match(text, /kid \\"test-key\\": verified by key 0/);
    for (const secret of [SECRET, token, token.split('.')[1] as string])
      assert.ok(!text.includes(secret), secret);
  });
  it('shows nothing of what stands where a token should, nor values of a query', async () => {
    const response = await ask(gate, '/x?access_token=half.a-token&pin=1234', {
      authorization: 'Bearer opaque-secret',
    });
    const text = await explained(gate, `/why/${response.headers.get('x-jotgate-why')}`);
    assert.match(text, /"path":"\/x\?access_token=…&pin=…"/);
    for (const secret of ['opaque-secret', 'half.a-token', '1234']) assert.ok(!text.includes(secret), secret);
  });
  it('says nothing in the reply of one that gets in, and keeps nothing of it', async () => {
    const root = signer.sign({ iss: 'https://issuer.test', sub: 'root', exp: EXPIRES_LATE });
    const response = await ask(gate, '/in', { authorization: `Bearer ${root}` });
    assert.deepEqual([response.status, response.headers.has('x-jotgate-why')], [200, false]);
    assert.ok(!(await explained(gate, '/why')).includes('/in'));
  });
  it('shows the last one to `jotgate why --last`', async () => {
    const response = await ask(gate, '/late', {});
    await explained(gate, `/why/${response.headers.get('x-jotgate-why')}`);
    const { out, exitCode } = await runCli(['why', '--last', '--admin', `127.0.0.1:${gate.admin?.port}`]);
    assert.equal(exitCode, 0);
    assert.match(out, /GET 127\.0\.0\.1:\d+\/late {2}-> {2}401 {2}Jwt is missing\n {2}listener front/);
    assert.match(out, /DENY jwt_authn {2}rule\[0\].*gate\.yaml:\d+\n/);
  });
  it('explains by the configuration that it runs since', async () => {
    await gate.update(loadText(`# one line more\n${config}`, 'moved.yaml'));
    const response = await ask(gate, '/moved', {});
    assert.match(await explained(gate, `/why/${response.headers.get('x-jotgate-why')}`), /"moved\.yaml"/);
  });
  it('keeps the last 64, and of a flood only so many of a second', async () => {
    const replies = await Promise.all(Array.from({ length: 150 }, (_, index) => ask(gate, `/${index}`, {})));
    const ids = replies.map(({ headers }) => headers.get('x-jotgate-why')).filter((id) => id !== null);
    assert.ok(ids.length < 150 && ids.length > 0, `${ids.length}`);
    const { refusals } = JSON.parse(await explained(gate, '/why'));
    assert.ok(refusals.length <= 64);
  });
});

describe('a gate that does not', () => {
  it('says nothing in its replies, and its admin interface says how to have it', async () => {
    const gate = await start(undefined);
    const response = await ask(gate, '/x');
    assert.deepEqual([response.status, response.headers.has('x-jotgate-why')], [403, false]);
    const asked = await admin(gate, '/why/last');
    assert.deepEqual([asked.status, /--why/.test(await asked.text())], [404, true]);
    const { exitCode, err } = await runCli(['why', '--last', '--admin', `127.0.0.1:${gate.admin?.port}`]);
    assert.equal(exitCode, 2);
    assert.match(err, /refusals are not kept/);
    await gate.close();
  });
  it('keeps refusals without naming them where that is asked', async () => {
    const gate = await start({ namesReplies: false });
    assert.equal((await ask(gate, '/x')).headers.has('x-jotgate-why'), false);
    assert.match(await explained(gate, '/why/last'), /"path":"\/x"/);
    await gate.close();
  });
  it('and what answers in its place is not believed', async () => {
    const answers = [
      '{}',
      '[',
      '{"id":"a","steps":[{}]}',
      `{"id":"a","at":"t","status":1,"body":"\\u001b[2J","request":{"method":"GET","authority":"a","path":"/"},"steps":[{"kind":"listener","text":"\\u009b1m","verdict":"ok","reason":null,"notes":[],"at":null,"steps":[]}]}`,
    ];
    const outs: string[] = [];
    for (const answer of answers) {
      const server = createServer((_, response) => response.end(answer)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const { out, err } = await runCli(['why', '--last', '--admin', `127.0.0.1:${port}`]);
      outs.push(out + err);
      server.close();
      server.closeAllConnections();
    }
    for (const out of outs.slice(0, 3)) assert.match(out, /is no admin interface of jotgate/);
    assert.match(outs[3] as string, /^t {2}GET a\/ {2}-> {2}1 {3}\[2J\n {2}listener/);
    assert.doesNotMatch(outs.join(''), /(?!\n)\p{Cc}/u);
  });
  it('and where no gate is, why says so', async () => {
    const { exitCode, err } = await runCli(['why', '--last', '--admin', '127.0.0.1:1']);
    assert.equal(exitCode, 2);
    assert.match(err, /nothing answers at 127\.0\.0\.1:1/);
    assert.equal((await runCli(['why', '--id', '../stats'])).exitCode, 2);
  });
});

it('a refusal by chance is explained by what was drawn', async () => {
  const route = (name: string, match: object, status: number) => ({
    name,
    match: { prefix: '/', ...match },
    direct_response: { status },
  });
  const half = { runtime_fraction: { default_value: { numerator: 50 } } };
  const limit = extension('filters.http.local_ratelimit.v3.LocalRateLimit', {
    stat_prefix: 'l',
    token_bucket: { max_tokens: 1, fill_interval: '3600s' },
    filter_enabled: { default_value: { numerator: 50 } },
    filter_enforced: { default_value: { numerator: 100 } },
  });
  const manager = managerOf({ routes: [route('a', half, 403), route('b', {}, 404)], filters: [limit] });
  const withAdmin = { admin: { address: addressOf() } };
  const text = bootstrapOf([listenerOf('l', [manager])], [], withAdmin);
  const gate = await startGateOf(text, { explains: { namesReplies: true } });
  try {
    for (let n = 0; n < 18; n++) {
      const { status, headers } = await ask(gate, '/', {});
      const refusal = JSON.parse(await explained(gate, `/why/${headers.get('x-jotgate-why')}`));
      // The limit of the gate and that of its copy are used up by the same requests.
      assert.deepEqual([refusal.status, refusal.playedAgain], [status, undefined]);
    }
  } finally {
    await gate.close();
  }
});
