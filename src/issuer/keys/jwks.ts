import { createHash } from 'node:crypto';
import { encodeBase64url } from '../../base/index.ts';
import type { RingKey } from './key-ring.ts';

/** The key set (RFC 7517 §5) with members in the order in which Keycloak writes them. */
export function renderJwks(keys: readonly RingKey[]): string {
  return JSON.stringify({ keys: keys.map(renderJwk) });
}

function renderJwk({ stored, publicKey }: RingKey): Record<string, unknown> {
  const jwk = publicKey?.export({ format: 'jwk' });
  const certificate = stored.certificate ?? Buffer.alloc(0);
  return {
    kid: stored.kid,
    kty: 'RSA',
    alg: stored.algorithm,
    use: stored.use,
    x5c: [certificate.toString('base64')],
    x5t: thumbprint('sha1', certificate),
    'x5t#S256': thumbprint('sha256', certificate),
    n: jwk?.n,
    e: jwk?.e,
  };
}

function thumbprint(digest: string, certificate: Buffer): string {
  return encodeBase64url(createHash(digest).update(certificate).digest());
}
