import type { Client } from '../realm/realm.ts';
import type { IssuerRequest } from './http.ts';

type Header = readonly [name: string, value: string];

const ALLOW_CREDENTIALS: Header = ['Access-Control-Allow-Credentials', 'true'];
const ALLOW_HEADERS =
  'Origin, Accept, X-Requested-With, Access-Control-Request-Method, Access-Control-Request-Headers, DPoP, Content-Type, Authorization';

/** Any origin may read a realm's public documents. */
export function publicCorsHeaders(request: IssuerRequest): Header[] {
  const origin = request.header('origin');
  if (origin === undefined) return [];
  return [['Access-Control-Allow-Origin', origin], ALLOW_CREDENTIALS];
}

/** For an origin that was found to be allowed. */
export function tokenCorsHeaders(origin: string): Header[] {
  return [
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Expose-Headers', 'Access-Control-Allow-Methods'],
    ALLOW_CREDENTIALS,
  ];
}

/** A preflight compares nothing; the request itself will (Fetch §3.2). */
export function preflightHeaders(request: IssuerRequest, methods: string): Header[] {
  const origin = request.header('origin');
  if (origin === undefined) return [];
  return [
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Allow-Methods', methods],
    ALLOW_CREDENTIALS,
    ['Access-Control-Allow-Headers', ALLOW_HEADERS],
    ['Access-Control-Max-Age', '3600'],
  ];
}

export type OriginVerdict = 'none' | 'same' | 'allowed' | 'foreign';

/** @param issuerUrl the server's own origin needs no permission. */
export function judgeOrigin(origin: string | undefined, client: Client, issuerUrl: string): OriginVerdict {
  if (origin === undefined) return 'none';
  if (URL.parse(issuerUrl)?.origin === origin) return 'same';
  return client.webOrigins.includes('*') || client.webOrigins.includes(origin) ? 'allowed' : 'foreign';
}
