import type { User } from '../realm/realm.ts';
import type { Claim } from './claim-set.ts';
import { parseClaimPath, parseClaimValue } from './claim-value.ts';
import type { MapperConfig } from './compile-mapper.ts';
import type { ApplyMapper } from './protocol-mapper.ts';

/** A user attribute; the names of the user's own fields are taken for attributes too. */
export function mapAttribute(config: MapperConfig): ApplyMapper {
  const path = parseClaimPath(config['claim.name'] ?? '');
  const type = config['jsonType.label'];
  const name = config['user.attribute'] ?? '';
  const isMultivalued = config['multivalued'] === 'true';
  return (claims, { user }) => {
    const values = attributeValues(user, name)
      .map((text) => parseClaimValue(text, type))
      .filter((value) => value !== undefined);
    const first = values[0];
    if (first !== undefined) claims.mapAt(path, isMultivalued ? values : first);
  };
}

/** A field of the user itself. */
export function mapProperty(config: MapperConfig): ApplyMapper {
  const path = parseClaimPath(config['claim.name'] ?? '');
  const type = config['jsonType.label'];
  const name = config['user.attribute'] ?? '';
  return (claims, { user }) => {
    const text = userProperty(user, name);
    const value = text === undefined ? undefined : parseClaimValue(text, type);
    if (value !== undefined) claims.mapAt(path, value);
  };
}

export function mapFullName(): ApplyMapper {
  return (claims, { user }) => {
    const parts = [user.firstName, user.lastName].filter((part) => part !== undefined && part !== '');
    if (parts.length > 0) claims.set('name', parts.join(' '));
  };
}

const ADDRESS_PARTS: readonly [claim: string, setting: string, attribute: string][] = [
  ['formatted', 'user.attribute.formatted', 'formatted'],
  ['street_address', 'user.attribute.street', 'street'],
  ['locality', 'user.attribute.locality', 'locality'],
  ['region', 'user.attribute.region', 'region'],
  ['postal_code', 'user.attribute.postal_code', 'postal_code'],
  ['country', 'user.attribute.country', 'country'],
];

/** OpenID Connect Core §5.1.1. */
export function mapAddress(config: MapperConfig): ApplyMapper {
  return (claims, { user }) => {
    const address: Record<string, Claim> = {};
    for (const [claim, setting, attribute] of ADDRESS_PARTS) {
      const value = attributeValues(user, config[setting] ?? attribute)[0];
      if (value !== undefined) address[claim] = value;
    }
    if (Object.keys(address).length > 0) claims.set('address', address);
  };
}

function attributeValues(user: User, name: string): readonly string[] {
  if (Object.hasOwn(user.attributes, name)) return user.attributes[name] ?? [];
  const property = ['username', 'email', 'firstName', 'lastName'].includes(name)
    ? userProperty(user, name)
    : undefined;
  return property === undefined ? [] : [property];
}

function userProperty(user: User, name: string): string | undefined {
  switch (name) {
    case 'id':
    case 'username':
    case 'email':
    case 'firstName':
    case 'lastName':
      return user[name];
    case 'emailVerified':
    case 'enabled':
      return String(user[name]);
    case 'createdTimestamp':
      return user.createdTimestamp?.toString();
    default:
      return undefined;
  }
}
