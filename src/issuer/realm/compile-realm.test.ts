import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { describe, it } from 'node:test';
import { compileRealm } from './compile-realm.ts';
import type { RealmRepresentation } from './representation.ts';

const KEYS = 'org.keycloak.keys.KeyProvider';

const twice = <T>(value: T) => [value, value];

const PROBLEMS: { name: string; given: Partial<RealmRepresentation>; want: [string, string, RegExp] }[] = [
  { name: 'a name that no URL can hold', given: { realm: 'a b' }, want: ['error', 'realm', /`a b`/] },
  { name: 'no name', given: { realm: '' }, want: ['error', 'realm', /cannot be a realm's name/] },
  {
    name: 'an algorithm that is not signed with here',
    given: { defaultSignatureAlgorithm: 'HS256' },
    want: ['error', 'defaultSignatureAlgorithm', /`HS256`/],
  },
  {
    name: 'an unknown sslRequired',
    given: { sslRequired: 'maybe' },
    want: ['error', 'sslRequired', /`maybe`/],
  },
  {
    name: 'a frontendUrl that is no URL',
    given: { attributes: { frontendUrl: 'id.example' } },
    want: ['error', 'attributes.frontendUrl', /no absolute URL/],
  },
  {
    name: 'a client twice',
    given: { clients: twice({ clientId: 'c', publicClient: true }) },
    want: ['error', 'clients.1.clientId', /`c` is there twice/],
  },
  {
    name: 'a user twice, whatever the case',
    given: { users: [{ username: 'a' }, { username: 'A' }] },
    want: ['error', 'users.1.username', /twice/],
  },
  {
    name: "a user of another one's id",
    given: {
      users: [
        { username: 'a', id: '1' },
        { username: 'b', id: '1' },
      ],
    },
    want: ['error', 'users.1.id', /`1` is there twice/],
  },
  {
    name: "a user of another one's e-mail, whatever the case",
    given: {
      users: [
        { username: 'a', email: 'x@example.com' },
        { username: 'b', email: 'X@example.com' },
      ],
    },
    want: ['error', 'users.1.email', /twice/],
  },
  {
    name: 'a scope twice',
    given: { clientScopes: twice({ name: 's' }) },
    want: ['error', 'clientScopes.1.name', /twice/],
  },
  {
    name: 'a lifespan that is no number',
    given: {
      clients: [{ clientId: 'c', publicClient: true, attributes: { 'access.token.lifespan': '5m' } }],
    },
    want: ['error', 'clients.0.attributes.access.token.lifespan', /`5m`/],
  },
  {
    name: "a client's algorithm that is not signed with here",
    given: {
      clients: [
        { clientId: 'c', publicClient: true, attributes: { 'access.token.signed.response.alg': 'ES256' } },
      ],
    },
    want: ['error', 'clients.0.attributes', /RS256, RS384, RS512/],
  },
  {
    name: 'a password that cannot be read',
    given: { users: [{ username: 'u', credentials: [{ type: 'password' }] }] },
    want: ['error', 'users.0.credentials.0', /user `u`/],
  },
  {
    name: 'a key that cannot be read',
    given: { components: { [KEYS]: [{ name: 'rsa', config: { privateKey: ['eA=='] } }] } },
    want: ['error', `components.${KEYS}.0`, /key `rsa`: `privateKey` is neither/],
  },
  {
    name: 'a certificate that cannot be read',
    given: { components: { [KEYS]: [{ config: { certificate: ['eA=='] } }] } },
    want: ['error', `components.${KEYS}.0`, /`certificate` is no certificate/],
  },
  {
    name: 'a masked secret of an HMAC key',
    given: {
      components: {
        [KEYS]: [{ config: { algorithm: ['HS512'], kid: ['k'], secret: ['**********'] } }],
      },
    },
    want: ['error', `components.${KEYS}.0`, /`secret` is not base64url of 16 bytes/],
  },
  {
    name: 'an HMAC key too short to keep anybody out',
    given: {
      components: { [KEYS]: [{ config: { algorithm: ['HS512'], kid: ['k'], secret: ['c2hvcnQ'] } }] },
    },
    want: ['error', `components.${KEYS}.0`, /of 16 bytes or more/],
  },
  {
    name: 'a masked secret of a client',
    given: { clients: [{ clientId: 'c', secret: '**********' }] },
    want: ['warning', 'clients.0', /masked, as in a partial export/],
  },
  {
    name: 'a confidential client without a secret',
    given: { clients: [{ clientId: 'c' }] },
    want: ['warning', 'clients.0', /cannot authenticate/],
  },
  {
    name: 'a way to authenticate that is not supported',
    given: { clients: [{ clientId: 'c', secret: 's', clientAuthenticatorType: 'client-x509' }] },
    want: ['warning', 'clients.0.clientAuthenticatorType', /`client-x509`/],
  },
  {
    name: 'a scope that there is not',
    given: { clients: [{ clientId: 'c', publicClient: true, defaultClientScopes: ['nope'] }] },
    want: ['warning', 'clients.0.defaultClientScopes.0', /`nope`/],
  },
  {
    name: 'a mapper that is not known',
    given: { clientScopes: [{ name: 's', protocolMappers: [{ protocolMapper: 'oidc-script' }] }] },
    want: ['warning', 'clientScopes.0.protocolMappers.0.protocolMapper', /`oidc-script`/],
  },
];

describe('a realm file', () => {
  for (const { name, given, want } of PROBLEMS) {
    it(`with ${name}: ${want[0]}`, async () => {
      const { realm, problems } = await compileRealm({ realm: 'r', ...given });
      assert.deepEqual(
        problems.map(({ severity, path }) => [severity, path.join('.')]),
        [want.slice(0, 2)],
      );
      assert.match(problems[0]?.message ?? '', want[2]);
      assert.equal(realm === null, want[0] === 'error');
    });
  }

  it('tells all that is wrong at once', async () => {
    const { problems } = await compileRealm({ realm: 'a b', sslRequired: 'x', clients: [{ clientId: 'c' }] });
    assert.equal(problems.length, 3);
  });

  it('never holds a plain password once it is compiled', async () => {
    const users = [{ username: 'u', credentials: [{ type: 'password', value: 'secret-1' }] }];
    const { realm } = await compileRealm({ realm: 'r', users });
    assert.equal(realm?.users.byLogin('u')?.password?.kind, 'argon2');
  });

  it('has for a name that nobody has the cost of one of the users, and always of the same', async () => {
    const costing = (hashIterations: number) => ({
      username: `u${hashIterations}`,
      credentials: [
        {
          type: 'password',
          secretData: JSON.stringify({ value: btoa('x'.repeat(64)), salt: btoa('0123456789abcdef') }),
          credentialData: JSON.stringify({ hashIterations, algorithm: 'pbkdf2-sha256' }),
        },
      ],
    });
    const file = { realm: 'r', users: [10, 2000].map(costing) };
    const [realm, restarted] = await Promise.all(
      twice(file).map(async (one) => (await compileRealm(one)).realm),
    );
    const names = Array.from({ length: 64 }, (_, index) => `nobody-${index}`);
    const costOf = (users: typeof realm, name: string) => {
      const decoy = users?.users.decoyFor(name);
      return decoy?.kind === 'pbkdf2' ? decoy.iterations : 0;
    };
    const costs = names.map((name) => costOf(realm, name));
    assert.deepEqual(new Set(costs), new Set([10, 2000]));
    assert.deepEqual(
      names.map((name) => costOf(restarted, name.toUpperCase())),
      costs,
    );
  });

  it('has it after a hash of the name whose key is no longer for many users', async (t) => {
    const createHmac = t.mock.method(crypto, 'createHmac');
    const createHash = t.mock.method(crypto, 'createHash');
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
    const users = Array.from({ length: 200 }, (_, index) => ({
      username: `u${index}`,
      credentials: [{ type: 'otp', secretData: 'x'.repeat(100) }],
    }));
    const { realm } = await compileRealm({ realm: 'r', users });
    assert.ok(realm);
    createHash.mock.resetCalls();
    realm.users.decoyFor('nobody');
    assert.deepEqual(
      createHmac.mock.calls.map(({ arguments: [, key] }) => (key as Buffer).length),
      [32],
    );
    assert.equal(createHash.mock.callCount(), 0);
  });

  it('gives users without an id the same one every time', async () => {
    const ids = await Promise.all(
      twice({ realm: 'r', users: [{ username: 'u' }] }).map(
        async (file) => (await compileRealm(file)).realm?.users.byLogin('u')?.id,
      ),
    );
    assert.equal(ids[0], ids[1]);
    assert.match(ids[0] ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('finds users by e-mail only where it says so', async () => {
    const users = [{ username: 'u', email: 'U@example.com' }];
    const open = await compileRealm({ realm: 'r', users });
    const closed = await compileRealm({ realm: 'r', users, loginWithEmailAllowed: false });
    const shared = await compileRealm({
      realm: 'r',
      users: [...users, { ...users[0], username: 'v' }],
      loginWithEmailAllowed: false,
    });
    assert.deepEqual(shared.problems, []);
    assert.equal(open.realm?.users.byLogin('u@EXAMPLE.com')?.username, 'u');
    assert.equal(closed.realm?.users.byLogin('u@example.com'), undefined);
  });
});
