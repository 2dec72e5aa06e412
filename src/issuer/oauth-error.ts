/** A refusal in OAuth's words: what goes over the wire, and what only the log may know. */
export class OAuthError extends Error {
  readonly status: number;
  /** RFC 6749 §5.2 `error`, or Keycloak's word for it. */
  readonly code: string;
  readonly description: string | undefined;
  /** For the log; never a credential. */
  readonly detail: string | undefined;
  /** Seconds after which to try again (`Retry-After`). */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    code: string,
    description?: string,
    more: { detail?: string; retryAfterSeconds?: number } = {},
  ) {
    super(description ?? code);
    this.status = status;
    this.code = code;
    this.description = description;
    this.detail = more.detail;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

export const invalidGrant = (description: string): OAuthError =>
  new OAuthError(400, 'invalid_grant', description);
