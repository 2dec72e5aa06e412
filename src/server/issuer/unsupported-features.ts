import type { Realm } from '#schema/realm/realm_pb.js';
import type { FindingAbout } from '../../resources/index.ts';
import { REALM_CODES } from './realm-codes.ts';

/** Settings that promise protection or function which the issuer does not give: said, never ignored in silence. */
const CHECKS: readonly { field: string; isSet: (realm: Realm) => boolean; message: string }[] = [
  {
    field: 'bruteForceProtected',
    isSet: (realm) => realm.bruteForceProtected === true,
    message: 'brute-force protection is not there yet: guessing passwords is not slowed down',
  },
  {
    field: 'passwordPolicy',
    isSet: (realm) => Boolean(realm.passwordPolicy),
    message: 'the password policy has no effect: passwords come from this file alone',
  },
  {
    field: 'identityProviders',
    isSet: (realm) => realm.identityProviders.length > 0,
    message: 'identity providers are not supported: nobody can log in through them',
  },
  {
    field: 'federatedUsers',
    isSet: (realm) => realm.federatedUsers.length > 0,
    message: 'federated users are not supported: they do not exist here',
  },
  {
    field: 'defaultGroups',
    isSet: (realm) => realm.defaultGroups.length > 0,
    message: 'default groups have no effect: users are in the groups that they name',
  },
];

export function unsupportedFeatures(realm: Realm): FindingAbout[] {
  return CHECKS.filter((check) => check.isSet(realm)).map(({ field, message }) => ({
    code: REALM_CODES.withoutEffect,
    severity: 'warning',
    message,
    envoy: 'accepts',
    about: realm,
    field,
  }));
}
