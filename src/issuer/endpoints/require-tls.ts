import { BlockList, isIP } from 'node:net';
import { OAuthError } from '../oauth-error.ts';
import type { Realm } from '../realm/realm.ts';
import type { IssuerRequest } from './http.ts';

/** Addresses that `sslRequired: external` lets speak plain HTTP. */
const local = new BlockList();
local.addSubnet('127.0.0.0', 8);
local.addSubnet('10.0.0.0', 8);
local.addSubnet('172.16.0.0', 12);
local.addSubnet('192.168.0.0', 16);
local.addSubnet('169.254.0.0', 16);
local.addAddress('::1', 'ipv6');
local.addSubnet('fc00::', 7, 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');

/** @throws OAuthError when the realm wants TLS from this client and the connection has none. */
export function checkTls(realm: Realm, request: Pick<IssuerRequest, 'isSecure' | 'remoteAddress'>): void {
  if (request.isSecure || realm.sslRequired === 'none') return;
  if (realm.sslRequired === 'external' && isLocal(request.remoteAddress)) return;
  throw new OAuthError(403, 'invalid_request', 'HTTPS required');
}

function isLocal(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  return family !== 0 && local.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}
