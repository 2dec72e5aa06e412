import type { Client, User } from '../realm/realm.ts';
import type { RoleSet } from '../realm/roles.ts';
import type { ClaimSet } from './claim-set.ts';

/** What a mapper may look at. */
export interface MapperContext {
  readonly user: User;
  readonly client: Client;
  /** The user's roles, as far as the client may see them. */
  readonly roles: RoleSet;
  /** Session id; undefined for a token without a session. */
  readonly sid: string | undefined;
  readonly acr: string;
  /** What the session noted down: `clientAddress`, `AUTH_TIME`, … */
  readonly notes: Readonly<Record<string, string>>;
}

/** Puts claims into a token. */
export interface ProtocolMapper {
  readonly intoAccessToken: boolean;
  readonly intoIdToken: boolean;
  /** The mapper works for lightweight access tokens too (`lightweight.claim`). */
  readonly intoLightweightToken: boolean;
  readonly apply: (claims: ClaimSet, context: MapperContext) => void;
}

export type ApplyMapper = ProtocolMapper['apply'];
