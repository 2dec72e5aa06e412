import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Realm } from '../realm/realm.ts';
import { checkTls } from './require-tls.ts';

const CASES = [
  { sslRequired: 'external', remoteAddress: '127.0.0.1', isSecure: false, allowed: true },
  { sslRequired: 'external', remoteAddress: '::ffff:127.0.0.1', isSecure: false, allowed: true },
  { sslRequired: 'external', remoteAddress: '::1', isSecure: false, allowed: true },
  { sslRequired: 'external', remoteAddress: '192.168.3.4', isSecure: false, allowed: true },
  { sslRequired: 'external', remoteAddress: '172.32.0.1', isSecure: false, allowed: false },
  { sslRequired: 'external', remoteAddress: '8.8.8.8', isSecure: false, allowed: false },
  { sslRequired: 'external', remoteAddress: '::ffff:8.8.8.8', isSecure: false, allowed: false },
  { sslRequired: 'external', remoteAddress: '2001:db8::1', isSecure: false, allowed: false },
  { sslRequired: 'external', remoteAddress: '', isSecure: false, allowed: false },
  { sslRequired: 'external', remoteAddress: '8.8.8.8', isSecure: true, allowed: true },
  { sslRequired: 'all', remoteAddress: '127.0.0.1', isSecure: false, allowed: false },
  { sslRequired: 'none', remoteAddress: '8.8.8.8', isSecure: false, allowed: true },
] as const;

describe('TLS', () => {
  for (const { sslRequired, remoteAddress, isSecure, allowed } of CASES) {
    const transport = isSecure ? 'TLS' : 'plain HTTP';
    it(`${sslRequired}: ${transport} from \`${remoteAddress}\` is ${allowed ? 'taken' : 'refused'}`, () => {
      const check = () => checkTls({ sslRequired } as Realm, { remoteAddress, isSecure });
      if (allowed) check();
      else assert.throws(check, { status: 403, description: 'HTTPS required' });
    });
  }
});
