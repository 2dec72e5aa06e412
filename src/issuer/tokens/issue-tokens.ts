import type { KeyRing } from '../keys/key-ring.ts';
import type { Random } from '../random.ts';
import {
  buildAccessClaims,
  buildIdClaims,
  buildRefreshClaims,
  renderClaims,
  type TokenTimes,
} from './build-claims.ts';
import { encodeToken } from './encode-token.ts';
import { renderScope, type ScopeSelection } from './scope-selection.ts';
import type { TokenSubject } from './token-subject.ts';

export interface TokenOrder {
  readonly subject: TokenSubject;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly accessSeconds: number;
  /** Undefined: no refresh token. */
  readonly refresh:
    | {
        readonly jti: string;
        readonly reuseId: string | undefined;
        /** Null: the token has no end of its own. */
        readonly seconds: number | null;
        /** What the login was granted, whatever the access token beside it was narrowed to. */
        readonly selection: ScopeSelection;
      }
    | undefined;
}

/** Makes the tokens and the reply of RFC 6749 §5.1, members in Keycloak's order. */
export async function issueTokens(order: TokenOrder, keys: KeyRing, random: Random): Promise<object> {
  const { subject, iat, accessSeconds, refresh } = order;
  const { client, realm, profile } = subject;
  const times: TokenTimes = { iat, exp: iat + accessSeconds };
  const claims = buildAccessClaims(subject, times, random);
  const accessToken = await encodeToken(
    renderClaims(subject, 'access', claims),
    keys.signer(client.accessTokenAlgorithm),
  );
  const refreshClaims =
    refresh && buildRefreshClaims(subject, { iat, exp: endOf(iat, refresh.seconds) }, claims, refresh);
  return {
    access_token: accessToken,
    expires_in: accessSeconds,
    refresh_expires_in: refresh?.seconds ?? 0,
    ...(refreshClaims && {
      refresh_token: await encodeToken(
        renderClaims(subject, 'refresh', refreshClaims),
        keys.signer(profile.refreshTokenAlgorithm),
      ),
    }),
    token_type: 'Bearer',
    ...(subject.selection.hasOpenid && {
      id_token: await encodeToken(
        renderClaims(subject, 'id', buildIdClaims(subject, times, accessToken, random)),
        keys.signer(client.idTokenAlgorithm),
      ),
    }),
    'not-before-policy': realm.notBefore,
    ...(subject.sid !== undefined && { session_state: subject.sid }),
    scope: renderScope(subject.selection),
  };
}

function endOf(iat: number, seconds: number | null): number | null {
  return seconds === null ? null : iat + seconds;
}
