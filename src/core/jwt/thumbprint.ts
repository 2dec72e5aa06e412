import type { CryptoPort } from './crypto-port.ts';
import type { KeyMaterial } from './decode-key-material.ts';

/** RFC 7638 with SHA-256: the required members in lexical order, without white space; base64url. */
export function thumbprintOf(material: KeyMaterial, crypto: CryptoPort): string {
  return Buffer.from(crypto.sha256(requiredMembers(material))).toString('base64url');
}

function requiredMembers(material: KeyMaterial): string {
  if (material.kty === 'oct') return `{"k":"${material.secret.toString('base64url')}","kty":"oct"}`;
  const key = material.publicKey;
  if (key.kty === 'RSA') return `{"e":"${key.e}","kty":"RSA","n":"${key.n}"}`;
  if (key.kty === 'EC') return `{"crv":"${key.crv}","kty":"EC","x":"${key.x}","y":"${key.y}"}`;
  return `{"crv":"${key.crv}","kty":"OKP","x":"${key.x}"}`;
}
