import type { RealmRuntime } from '../realm-runtime.ts';
import { publicCorsHeaders } from './cors.ts';
import type { IssuerReply, IssuerRequest } from './http.ts';
import { replyDocument, withHeaders } from './replies.ts';

/** What Keycloak's adapters read: the key that signs, as base64 of its SubjectPublicKeyInfo. */
export function handleRealmInfo(
  { realm, issuerUrl, keys }: RealmRuntime,
  request: IssuerRequest,
): IssuerReply {
  const signer = keys.signer(realm.signatureAlgorithm);
  const body = JSON.stringify({
    realm: realm.name,
    public_key: signer.publicKey?.export({ type: 'spki', format: 'der' }).toString('base64'),
    'token-service': `${issuerUrl}/protocol/openid-connect`,
    'account-service': `${issuerUrl}/account`,
    'tokens-not-before': realm.notBefore,
  });
  const reply = replyDocument(body, 'no-cache', 'application/json;charset=UTF-8');
  return withHeaders(reply, publicCorsHeaders(request));
}
