import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Clock, ManualClock, silentLogger } from '../src/base/index.ts';
import { loadIstio } from '../src/control/istio/index.ts';
import { buildRequestHead, compileSnapshot, rehearse } from '../src/proxy/rehearsal/index.ts';
import { loadRealm, type RunningIssuer, startIssuer } from '../src/server/index.ts';

const folder = join(import.meta.dirname, '..', 'examples', '02-istio-jwt');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** The address that the example's files name; the test's issuer says so of itself and listens elsewhere. */
const BASE_URL = 'http://127.0.0.1:8180/auth';

const clock: Clock = new ManualClock(Date.parse('2026-06-01T12:00:00Z'));

const CONNECTION = {
  remoteAddress: '127.0.0.1',
  remotePort: 50_000,
  localAddress: '127.0.0.1',
  localPort: 8080,
  serverName: '',
  tls: false,
};

interface Case {
  name: string;
  user?: 'alice' | 'bob';
  method?: string;
  path: string;
  extra?: [string, string][];
  spoil?: (token: string) => string;
  want: { status: number | null; body: string };
}

const DENIED = { status: 403, body: 'RBAC: access denied' };

const CASES: Case[] = [
  { name: 'alice reads the forecast', user: 'alice', path: '/forecast', want: { status: null, body: '' } },
  { name: 'bob does not', user: 'bob', path: '/forecast', want: DENIED },
  { name: 'nobody in particular does not', path: '/forecast', want: DENIED },
  { name: 'alice does not write', user: 'alice', method: 'POST', path: '/forecast', want: DENIED },
  {
    name: 'a draft is for nobody',
    user: 'alice',
    path: '/forecast',
    extra: [['x-draft', '1']],
    want: DENIED,
  },
  {
    name: 'a changed signature is refused',
    user: 'alice',
    path: '/forecast',
    spoil: (token) => `${token}b`,
    want: { status: 401, body: 'Jwt verification fails' },
  },
];

describe('the ten steps of examples/02-istio-jwt', () => {
  let issuer: RunningIssuer;
  const local = (url: string) => url.replace(BASE_URL, `${issuer.url}/auth`);

  before(async () => {
    const { realm, findings } = await loadRealm({
      name: 'realm-weather.json',
      text: read('realm-weather.json'),
    });
    assert.deepEqual(findings, []);
    assert.ok(realm);
    issuer = await startIssuer({ realms: [realm], baseUrl: BASE_URL, clock, logger: silentLogger });
  });
  after(() => issuer?.close());

  async function login(username: string): Promise<string> {
    const url = local(`${BASE_URL}/realms/weather/protocol/openid-connect/token`);
    const body = new URLSearchParams({
      grant_type: 'password',
      client_id: 'weather-app',
      username,
      password: 'rain-or-shine',
    });
    const reply = await fetch(url, { method: 'POST', body });
    const { access_token: token } = (await reply.json()) as { access_token?: string };
    assert.ok(token, `status ${reply.status}`);
    return token;
  }

  it('have no finding', () => {
    const { findings } = loadIstio([{ name: 'istio.yaml', text: read('istio.yaml') }], {
      upstream: 'http://127.0.0.1:9000',
    });
    assert.deepEqual(findings.list, []);
  });

  for (const { name, user, method = 'GET', path, spoil, extra = [], want } of CASES) {
    it(name, async () => {
      const { snapshot, findings } = loadIstio([{ name: 'istio.yaml', text: read('istio.yaml') }], {
        upstream: 'http://127.0.0.1:9000',
      });
      assert.ok(snapshot);
      const jwks = { fetch: async ({ uri }: { uri: string }) => (await fetch(local(uri))).text() };
      const compiled = compileSnapshot(snapshot, { findings, clock, jwks });
      const token = user === undefined ? undefined : await login(user);
      const headers: [string, string][] =
        token === undefined ? extra : [['authorization', `Bearer ${spoil?.(token) ?? token}`], ...extra];
      const request = buildRequestHead({
        method,
        scheme: 'http',
        authority: '127.0.0.1:8080',
        path,
        headers,
      });
      const verdict = await rehearse(compiled, { request, connection: CONNECTION }, clock, null);
      assert.deepEqual({ status: verdict.status, body: verdict.body }, want);
      if (want.status !== null) return;
      assert.equal(verdict.forwarded?.headers.get('authorization'), undefined);
      assert.equal(verdict.forwarded?.headers.get('x-jwt-payload'), token?.split('.')[1]);
      assert.equal(JSON.parse(Buffer.from(token?.split('.')[0] ?? '', 'base64url').toString()).alg, 'RS512');
    });
  }
});
