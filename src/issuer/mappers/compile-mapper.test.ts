import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileRealm } from '../realm/compile-realm.ts';
import type { Realm } from '../realm/realm.ts';
import { ClaimSet } from './claim-set.ts';
import { compileMapper } from './compile-mapper.ts';

const { realm } = (await compileRealm({
  realm: 'r',
  clients: [{ clientId: 'app', redirectUris: ['https://app.example/cb', 'x:y'], webOrigins: ['+'] }],
  users: [
    {
      username: 'Ann',
      email: 'ann@example.com',
      emailVerified: true,
      firstName: 'Ann',
      createdTimestamp: 5,
      attributes: { teams: ['1', 'x', '2'], street: ['Elm Street 1'], country: ['NL'] },
      groups: ['/ops/eu'],
      realmRoles: ['reader'],
      clientRoles: { app: ['own'], shop: ['sell'], till: [] },
    },
  ],
})) as { realm: Realm };
const user = realm.users.byLogin('ann');
const client = realm.clients.get('app');

const AT = { 'claim.name': 'c' };

const CASES: { kind: string; config: Record<string, string>; want: unknown }[] = [
  { kind: 'usermodel-attribute', config: { ...AT, 'user.attribute': 'teams' }, want: { c: '1' } },
  {
    kind: 'usermodel-attribute',
    config: { ...AT, 'user.attribute': 'teams', multivalued: 'true', 'jsonType.label': 'int' },
    want: { c: [1, 2] },
  },
  { kind: 'usermodel-attribute', config: { ...AT, 'user.attribute': 'username' }, want: { c: 'ann' } },
  { kind: 'usermodel-attribute', config: { ...AT, 'user.attribute': 'toString' }, want: {} },
  { kind: 'usermodel-property', config: { ...AT, 'user.attribute': 'emailVerified' }, want: { c: 'true' } },
  {
    kind: 'usermodel-property',
    config: { ...AT, 'user.attribute': 'createdTimestamp', 'jsonType.label': 'long' },
    want: { c: 5 },
  },
  { kind: 'usermodel-property', config: { ...AT, 'user.attribute': 'lastName' }, want: {} },
  { kind: 'usermodel-property', config: { ...AT, 'user.attribute': 'password' }, want: {} },
  { kind: 'full-name', config: {}, want: { name: 'Ann' } },
  { kind: 'address', config: {}, want: { address: { street_address: 'Elm Street 1', country: 'NL' } } },
  { kind: 'usermodel-realm-role', config: AT, want: { c: ['reader'] } },
  {
    kind: 'usermodel-client-role',
    config: { 'claim.name': `r.\${client_id}` },
    want: { r: { app: ['own'], shop: ['sell'] } },
  },
  {
    kind: 'usermodel-client-role',
    config: {
      ...AT,
      'usermodel.clientRoleMapping.clientId': 'shop',
      'usermodel.clientRoleMapping.rolePrefix': 'p:',
    },
    want: { c: ['p:sell'] },
  },
  { kind: 'group-membership', config: { ...AT, 'full.path': 'true' }, want: { c: ['/ops/eu'] } },
  { kind: 'group-membership', config: { ...AT, 'full.path': 'false' }, want: { c: ['eu'] } },
  { kind: 'group-membership', config: AT, want: { c: ['eu'] } },
  { kind: 'audience', config: { 'included.custom.audience': 'x' }, want: { aud: 'x' } },
  { kind: 'audience', config: { 'included.client.audience': 'shop' }, want: { aud: 'shop' } },
  { kind: 'audience', config: {}, want: {} },
  { kind: 'audience-resolve', config: {}, want: { aud: 'shop' } },
  {
    kind: 'hardcoded-claim',
    config: { 'claim.name': 'plan.tier', 'claim.value': '7', 'jsonType.label': 'int' },
    want: { plan: { tier: 7 } },
  },
  ...['jti', 'typ', 'iat', 'exp', 'iss', 'scope', 'nonce', 'session_state', 'exp.x', 'aud.x'].map((name) => ({
    kind: 'hardcoded-claim',
    config: { 'claim.name': name, 'claim.value': '9999999999', 'jsonType.label': 'long' },
    want: {},
  })),
  {
    kind: 'hardcoded-claim',
    config: { 'claim.name': 'aud', 'claim.value': '7', 'jsonType.label': 'int' },
    want: { aud: '7' },
  },
  {
    kind: 'hardcoded-claim',
    config: { 'claim.name': 'aud', 'claim.value': '["a", 7]', 'jsonType.label': 'JSON' },
    want: { aud: ['a', '7'] },
  },
  {
    kind: 'usermodel-property',
    config: { 'claim.name': 'sub', 'user.attribute': 'username' },
    want: { sub: 'ann' },
  },
  { kind: 'usermodel-client-role', config: { 'claim.name': 'iss' }, want: {} },
  { kind: 'allowed-origins', config: {}, want: { 'allowed-origins': ['https://app.example'] } },
  { kind: 'acr', config: {}, want: { acr: '1' } },
  { kind: 'session-state', config: {}, want: { session_state: 'sid-1' } },
  {
    kind: 'usersessionmodel-note',
    config: { ...AT, 'user.session.note': 'clientAddress' },
    want: { c: '::1' },
  },
  { kind: 'usersessionmodel-note', config: { ...AT, 'user.session.note': 'constructor' }, want: {} },
];

describe('protocol mappers', () => {
  for (const { kind, config, want } of CASES) {
    it(`${kind} with ${JSON.stringify(config)} gives ${JSON.stringify(want)}`, () => {
      assert.ok(user && client);
      const mapper = compileMapper({ protocolMapper: `oidc-${kind}-mapper`, config });
      const claims = new ClaimSet();
      const context = {
        user,
        client,
        roles: user.roles,
        sid: 'sid-1',
        acr: '1',
        notes: { clientAddress: '::1' },
      };
      mapper?.apply(claims, context);
      assert.deepEqual(JSON.parse(claims.render([])), want);
    });
  }

  it('say which tokens they are for', () => {
    const mapper = compileMapper({ protocolMapper: 'oidc-sub-mapper', config: { 'id.token.claim': 'true' } });
    assert.deepEqual(
      [mapper?.intoAccessToken, mapper?.intoIdToken, mapper?.intoLightweightToken],
      [false, true, false],
    );
  });

  it('of audiences and origins are for access tokens where an older export does not say', () => {
    for (const kind of ['audience-resolve', 'allowed-origins']) {
      const of = (config: Record<string, string>) =>
        compileMapper({ protocolMapper: `oidc-${kind}-mapper`, config })?.intoAccessToken;
      assert.deepEqual([of({}), of({ 'access.token.claim': 'false' })], [true, false]);
    }
  });

  it('of a kind that is not known are not made up', () => {
    assert.equal(compileMapper({ protocolMapper: 'oidc-script-mapper' }), null);
    assert.equal(compileMapper({ protocolMapper: 'toString' }), null);
  });
});
