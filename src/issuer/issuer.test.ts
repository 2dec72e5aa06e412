import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../base/index.ts';
import type { IssuerReply } from './endpoints/http.ts';
import { createIssuer, type IssuerOptions } from './issuer.ts';
import { compileRealm } from './realm/compile-realm.ts';
import type {
  ClientRepresentation,
  RealmRepresentation,
  UserRepresentation,
} from './realm/representation.ts';
import { createMemoryStore } from './store/memory-store.ts';

const FORM = 'application/x-www-form-urlencoded';

const client: ClientRepresentation = { clientId: 'app', publicClient: true, directAccessGrantsEnabled: true };
const user: UserRepresentation = {
  username: 'ann',
  credentials: [{ type: 'password', value: 'ann-pass' }],
  realmRoles: ['default-roles-r'],
};
const base: RealmRepresentation = { realm: 'r', clients: [client], users: [user] };

type Fields = Record<string, string>;

async function open(changes: Partial<RealmRepresentation> = {}, options: Partial<IssuerOptions> = {}) {
  const { realm } = await compileRealm({ ...base, ...changes });
  assert.ok(realm);
  const clock = new ManualClock(1_700_000_000_000);
  const lines: string[] = [];
  const log = (message: string, fields?: object) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger = { info: log, warn: log, error: log };
  const issuer = await createIssuer({
    realms: [realm],
    profile: 'legacy',
    baseUrl: 'https://id.example/auth',
    store: createMemoryStore(),
    clock,
    logger,
    ...options,
  });
  const send = (method: string, target: string, headers: Fields = {}, body = '') =>
    issuer.handle({
      method,
      target,
      header: (name) => headers[name],
      body: Buffer.from(body),
      remoteAddress: '127.0.0.1',
      isSecure: false,
    });
  const token = (form: Fields, headers: Fields = {}) => {
    const body = new URLSearchParams(form).toString();
    return send(
      'POST',
      '/realms/r/protocol/openid-connect/token',
      { 'content-type': FORM, ...headers },
      body,
    );
  };
  const login = (form: Fields = {}, headers: Fields = {}) =>
    token(
      { grant_type: 'password', client_id: 'app', username: 'ann', password: 'ann-pass', ...form },
      headers,
    );
  return { issuer, clock, lines, send, token, login };
}

const summary = ({ status, body }: IssuerReply) => {
  const { error, error_description: text } = JSON.parse(body) as Fields;
  return `${status} ${error}: ${text}`;
};
const member = (reply: IssuerReply, name: string) => (JSON.parse(reply.body) as Fields)[name] ?? '';
const header = (reply: IssuerReply, name: string) => reply.headers.find(([known]) => known === name)?.[1];
const refreshForm = (reply: IssuerReply): Fields => ({
  grant_type: 'refresh_token',
  client_id: 'app',
  refresh_token: member(reply, 'refresh_token'),
});

describe('passwords at the token endpoint', () => {
  it('are checked a few at a time; who would have to wait too long is told to come back', async () => {
    const { login } = await open({}, { passwordChecks: { runningMax: 1, waitingMax: 1 } });
    const replies = await Promise.all(Array.from({ length: 4 }, () => login()));
    const statuses = replies.map(({ status }) => status).toSorted();
    assert.deepEqual(statuses, [200, 200, 503, 503]);
    const full = replies.find(({ status }) => status === 503);
    assert.equal(full && header(full, 'Retry-After'), '1');
    assert.equal((await login()).status, 200, 'the queue is empty again');
  });

  it('never stand in the log, nor do secrets and tokens', async () => {
    const secret: ClientRepresentation = {
      clientId: 'web',
      secret: 'web-secret',
      directAccessGrantsEnabled: true,
    };
    const { login, token, lines } = await open({ clients: [client, secret] });
    const reply = await login({ client_id: 'web', client_secret: 'web-secret' });
    await token({ ...refreshForm(reply), client_id: 'web', client_secret: 'wrong-secret' });
    await login({ client_id: 'ann-pass', password: 'x'.repeat(50) });
    const text = lines.join('\n');
    for (const hidden of ['ann-pass', 'web-secret', 'wrong-secret', 'xxxx', member(reply, 'access_token')]) {
      assert.ok(!text.includes(hidden), hidden);
    }
    assert.equal(lines.length, 3);
  });

  for (const { name, changes, form, want } of [
    { name: 'absent', form: { password: '' }, want: '401 invalid_grant: Invalid user credentials' },
    {
      name: 'of a user without one',
      changes: { users: [{ username: 'ann' }] },
      want: '401 invalid_grant: Invalid user credentials',
    },
    {
      name: 'of a service account',
      changes: { users: [{ ...user, serviceAccountClientId: 'app' }] },
      want: '401 invalid_grant: Invalid user credentials',
    },
    {
      name: 'of a disabled user',
      changes: { users: [{ ...user, enabled: false }] },
      want: '400 invalid_grant: Account disabled',
    },
    {
      name: 'of a user with something to do first',
      changes: { users: [{ ...user, requiredActions: ['UPDATE_PASSWORD'] }] },
      want: '400 invalid_grant: Account is not fully set up',
    },
    {
      name: 'at a client that may not take them',
      changes: { clients: [{ ...client, directAccessGrantsEnabled: false }] },
      want: '400 unauthorized_client: Client not allowed for direct access grants',
    },
    {
      name: 'at a disabled realm',
      changes: { enabled: false },
      want: '403 access_denied: Realm not enabled',
    },
    {
      name: 'over plain HTTP where the realm wants TLS',
      changes: { sslRequired: 'all' },
      want: '403 invalid_request: HTTPS required',
    },
    {
      name: 'for offline access without the role',
      changes: { users: [{ ...user, realmRoles: [] }] },
      form: { scope: 'offline_access' },
      want: '400 not_allowed: Offline tokens not allowed for the user or client',
    },
  ] as { name: string; changes?: Partial<RealmRepresentation>; form?: Fields; want: string }[]) {
    it(`${name}: ${want}`, async () => {
      const { login } = await open(changes);
      assert.equal(summary(await login(form)), want);
    });
  }
});

describe('refresh tokens at the token endpoint', () => {
  for (const { name, later, want } of [
    { name: 'realm', later: { notBefore: 1_700_000_001 }, want: 'Stale token' },
    { name: 'client', later: { clients: [{ ...client, notBefore: 1_700_000_001 }] }, want: 'Stale token' },
    { name: 'user', later: { users: [{ ...user, notBefore: 1_700_000_001 }] }, want: 'Stale token' },
  ] as { name: string; later: Partial<RealmRepresentation>; want: string }[]) {
    it(`from before the ${name}'s not-before are stale`, async () => {
      const store = createMemoryStore();
      const first = await open({}, { store });
      const second = await open(later, { store });
      assert.equal(
        summary(await second.token(refreshForm(await first.login()))),
        `400 invalid_grant: ${want}`,
      );
    });
  }

  for (const { name, form = {}, later, want } of [
    { name: 'of a user that is gone', later: { users: [] }, want: 'Unknown user' },
    {
      name: 'of a user disabled meanwhile',
      later: { users: [{ ...user, enabled: false }] },
      want: 'User disabled',
    },
    {
      name: 'for offline access that the client may no longer have',
      form: { scope: 'offline_access' },
      later: { clients: [{ ...client, optionalClientScopes: [] }] },
      want: 'Offline user session not found',
    },
    {
      name: 'for offline access that the user may no longer have',
      form: { scope: 'offline_access' },
      later: { users: [{ ...user, realmRoles: [] }] },
      want: 'Offline user session not found',
    },
  ] as { name: string; form?: Fields; later: Partial<RealmRepresentation>; want: string }[]) {
    it(`${name} are refused: ${want}`, async () => {
      const store = createMemoryStore();
      const first = await open({}, { store });
      const second = await open(later, { store });
      const reply = await second.token(refreshForm(await first.login(form)));
      assert.equal(summary(reply), `400 invalid_grant: ${want}`);
    });
  }

  it('are unknown to an issuer with other keys', async () => {
    const [one, other] = [await open(), await open()];
    assert.equal(
      summary(await other.token(refreshForm(await one.login()))),
      '400 invalid_grant: Invalid refresh token',
    );
  });

  it('for offline access outlive the session by far', async () => {
    const { login, token, clock } = await open();
    const reply = await login({ scope: 'offline_access' });
    assert.equal(member(reply, 'refresh_expires_in'), 0 as unknown as string);
    clock.advance(20 * 86_400_000);
    assert.equal((await token(refreshForm(reply))).status, 200);
  });

  it('end with their session', async () => {
    const { login, token, clock } = await open();
    const reply = await login();
    clock.advance(1_800_000);
    assert.equal(summary(await token(refreshForm(reply))), '400 invalid_grant: Token is not active');
  });
});

describe('clients', () => {
  const web: ClientRepresentation = {
    clientId: 'web:1',
    secret: 'a+b%c:d',
    directAccessGrantsEnabled: true,
  };
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  const encoded = basic(encodeURIComponent('web:1'), encodeURIComponent('a+b%c:d'));
  const login = { grant_type: 'password', username: 'ann', password: 'ann-pass' };
  const INVALID = 'Invalid client or Invalid client credentials';

  for (const { name, form = {}, headers = {}, want } of [
    { name: 'form-encoded in the header (RFC 6749 §2.3.1)', headers: encoded, want: 200 },
    {
      name: 'right in the form, wrong in the header',
      form: { client_secret: 'a+b%c:d' },
      headers: basic('web%3A1', 'x'),
      want: 200,
    },
    {
      name: 'right in the header, another client in the form',
      form: { client_id: 'app' },
      headers: encoded,
      want: 401,
    },
    { name: 'wrong in the header', headers: basic('web%3A1', 'x'), want: 401 },
    { name: 'without a secret', form: { client_id: 'web:1' }, want: 401 },
    { name: 'with a name from the prototype', form: { client_id: '__proto__' }, want: 401 },
  ] as { name: string; form?: Fields; headers?: Fields; want: number }[]) {
    it(`${name}: ${want}`, async () => {
      const { token } = await open({ clients: [client, web] });
      const reply = await token({ ...login, ...form }, headers);
      assert.equal(reply.status, want);
      if (want === 401) assert.equal(member(reply, 'error_description'), INVALID);
    });
  }

  it('that forge an assertion next to a good secret stay outside', async () => {
    const { token } = await open({ clients: [web] });
    const assertion = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'e30.e30.e30',
    };
    assert.equal(
      (await token({ ...login, ...assertion, client_secret: 'a+b%c:d', client_id: 'web:1' })).status,
      401,
    );
  });
});

describe('service accounts', () => {
  const machine: ClientRepresentation = { clientId: 'm', secret: 's', serviceAccountsEnabled: true };
  const form = { grant_type: 'client_credentials', client_id: 'm', client_secret: 's' };

  it('get no session, and so nothing to refresh', async () => {
    const { token } = await open({ clients: [machine] });
    const reply = await token(form);
    const members = Object.keys(JSON.parse(reply.body) as object);
    assert.deepEqual(
      [reply.status, members.includes('refresh_token'), members.includes('session_state')],
      [200, false, false],
    );
  });

  it('get refresh tokens where the client wants them', async () => {
    const attributes = { 'client_credentials.use_refresh_token': 'true' };
    const { token } = await open({ clients: [{ ...machine, attributes }] });
    const again = { ...refreshForm(await token(form)), client_id: 'm', client_secret: 's' };
    assert.equal((await token(again)).status, 200);
  });

  it('that are disabled get nothing', async () => {
    const account = { username: 'service-account-m', serviceAccountClientId: 'm', enabled: false };
    const { token } = await open({ clients: [machine], users: [account] });
    assert.equal((await token(form)).status, 401);
  });
});

describe('the router', () => {
  const TOKEN = '/realms/r/protocol/openid-connect/token';
  for (const [method, target, status, error] of [
    ['GET', '/', 404, 'Unable to find matching target resource method'],
    ['GET', '/realms', 404, 'Unable to find matching target resource method'],
    ['GET', '/realms/x', 404, 'Realm does not exist'],
    ['GET', '/auth/realms/x', 404, 'Realm does not exist'],
    ['GET', '/realms/__proto__', 404, 'Realm does not exist'],
    ['GET', '/realms/r/protocol/saml/x', 404, 'Protocol not found'],
    ['GET', '/realms/r/x', 404, 'HTTP 404 Not Found'],
    ['GET', TOKEN, 405, 'HTTP 405 Method Not Allowed'],
    ['constructor', TOKEN, 405, 'HTTP 405 Method Not Allowed'],
    ['POST', '/realms/r/.well-known/openid-configuration', 404, 'HTTP 404 Not Found'],
    ['GET', '//realms/r', 400, 'missingNormalization'],
    ['GET', '/realms/../realms/r', 400, 'missingNormalization'],
    ['GET', '/realms/r/.', 400, 'missingNormalization'],
    ['GET', '/realms/%72', 400, 'missingNormalization'],
    ['GET', '/realms/r%', 400, 'missingNormalization'],
    ['GET', 'realms/r', 400, 'missingNormalization'],
    ['GET', '/realms/r%2f', 404, 'Realm does not exist'],
  ] as const) {
    it(`${method} ${target}: ${status} ${error}`, async () => {
      const { send } = await open();
      const reply = await send(method, target);
      assert.deepEqual([reply.status, member(reply, 'error')], [status, error]);
    });
  }

  it('answers 500 without a word about why when the store fails, and says it in the log', async () => {
    const store = createMemoryStore();
    const failing = { ...store, createSession: () => Promise.reject(new Error('disk of ann is full')) };
    const { login, lines } = await open({}, { store: failing });
    const reply = await login();
    assert.equal(reply.status, 500);
    assert.doesNotMatch(reply.body, /disk/);
    assert.match(lines.join('\n'), /disk/);
  });
});

describe('the issuer', () => {
  it('forgets ended sessions in passing', async () => {
    const store = createMemoryStore();
    const swept: number[] = [];
    const watched = { ...store, deleteExpiredSessions: async (nowMs: number) => void swept.push(nowMs) };
    const { send, clock } = await open({}, { store: watched });
    await send('GET', '/realms/r');
    clock.advance(60_000);
    await send('GET', '/realms/r');
    await send('GET', '/realms/r');
    assert.deepEqual(swept, [clock.now()]);
  });

  it('takes its public address from the realm where that names one', async () => {
    const { issuer, send } = await open({ attributes: { frontendUrl: 'https://x.example/base/' } });
    assert.equal(issuer.issuerUrl('r'), 'https://x.example/base/realms/r');
    for (const path of ['/base/realms/r', '/auth/realms/r', '/realms/r']) {
      assert.equal((await send('GET', path)).status, 200);
    }
  });

  it('knows no realm that there is not', async () => {
    const { issuer } = await open();
    assert.throws(() => issuer.keys('x'), /no realm `x`/);
    await assert.rejects(issuer.addKey('x'), /no realm `x`/);
    await assert.rejects(issuer.activateKey('r', 'x'), /no key `x`/);
  });
});
