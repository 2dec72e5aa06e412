import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileRoles, intersectRoles, type RoleSet } from './roles.ts';

const names = ({ realm, clients }: RoleSet) => ({
  realm: [...realm].toSorted(),
  clients: Object.fromEntries([...clients].map(([client, roles]) => [client, [...roles].toSorted()])),
});

const book = compileRoles({
  realm: 'r',
  roles: {
    realm: [
      { name: 'boss', composites: { realm: ['clerk'], client: { shop: ['sell'] } } },
      { name: 'clerk', composites: { realm: ['boss'] } },
    ],
    client: { shop: [{ name: 'sell', composites: { client: { till: ['open'] } } }, { name: 'sweep' }] },
  },
  groups: [{ name: 'ops', realmRoles: ['a'], subGroups: [{ name: 'eu', clientRoles: { shop: ['sweep'] } }] }],
});

describe('roles', () => {
  it('expand through composites of realm and clients, circles included', () => {
    assert.deepEqual(names(book.expand({ realm: ['boss'] })), {
      realm: ['boss', 'clerk'],
      clients: { shop: ['sell'], till: ['open'] },
    });
  });

  it('of a group include those of the groups around it', () => {
    assert.deepEqual(names(book.expand(...book.ofGroup('/ops/eu'))), {
      realm: ['a'],
      clients: { shop: ['sweep'] },
    });
    assert.deepEqual(book.ofGroup('/nowhere'), []);
  });

  it('have the default roles of every realm', () => {
    assert.deepEqual(names(book.expand({ realm: [book.defaultRole] })), {
      realm: ['default-roles-r', 'offline_access', 'uma_authorization'],
      clients: { account: ['manage-account', 'manage-account-links', 'view-profile'] },
    });
  });

  it('that a client may see are those of the user and of its scope', () => {
    const user = book.expand({ realm: ['boss'], client: { shop: ['sweep'] } });
    const seen = intersectRoles(user, book.expand({ realm: ['other'], client: { shop: ['sweep'] } }));
    assert.deepEqual(names(seen), { realm: [], clients: { shop: ['sweep'] } });
  });
});
