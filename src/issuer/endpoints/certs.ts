import { renderJwks } from '../keys/jwks.ts';
import type { RealmRuntime } from '../realm-runtime.ts';
import { publicCorsHeaders } from './cors.ts';
import type { IssuerReply, IssuerRequest } from './http.ts';
import { replyDocument, withHeaders } from './replies.ts';

/** The realm's key set: every key that signs, did so lately or will do so next. */
export function handleCerts({ keys }: RealmRuntime, request: IssuerRequest): IssuerReply {
  return withHeaders(replyDocument(renderJwks(keys.published()), 'no-cache'), publicCorsHeaders(request));
}
