import type { Client } from '../realm/realm.ts';
import type { RealmRuntime } from '../realm-runtime.ts';

/** A token request whose client has been authenticated. */
export interface GrantRequest {
  readonly client: Client;
  readonly form: ReadonlyMap<string, string>;
  readonly remoteAddress: string;
}

export interface GrantReply {
  /** The reply of RFC 6749 §5.1. */
  readonly body: object;
  /** Set where the reply also sets the user's language. */
  readonly locale?: string | undefined;
}

/** @throws OAuthError for every refusal. */
export type Grant = (runtime: RealmRuntime, request: GrantRequest) => Promise<GrantReply>;
