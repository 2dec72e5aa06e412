import type { Session } from './session.ts';

/** A key as it is kept. Private parts never leave the store and the key ring. */
export interface StoredKey {
  readonly realm: string;
  readonly kid: string;
  readonly use: 'sig' | 'enc';
  /** JOSE algorithm: RS256, RSA-OAEP, HS512, … */
  readonly algorithm: string;
  /** `active` signs; `active` and `passive` are published and verify; `retired` does neither. */
  readonly state: KeyState;
  readonly createdMs: number;
  /** RSA: PKCS #8 DER; HMAC: the secret. */
  readonly secret: Buffer;
  /** RSA: the certificate, DER. */
  readonly certificate: Buffer | null;
}

export type KeyState = 'active' | 'passive' | 'retired';

/** What a decision about a session leaves behind. */
export interface SessionChange<T> {
  /** What to keep; null deletes the session. */
  readonly session: Session | null;
  readonly result: T;
}

/**
 * Where the issuer keeps what must outlive a request. A promise that is fulfilled is a write that is there after a crash,
 * as far as the store promises to survive one.
 */
export interface IssuerStore {
  keys(realm: string): Promise<StoredKey[]>;
  /** Adds or replaces the keys, all or none. */
  saveKeys(keys: readonly StoredKey[]): Promise<void>;
  createSession(session: Session): Promise<void>;
  /**
   * Reads a session, has `decide` judge it and keeps what it returns, as one step: two calls for one session never see the
   * same state. `decide` gets null where there is no such session, does no input or output, and may run more than once.
   */
  updateSession<T>(
    realm: string,
    sid: string,
    decide: (session: Session | null) => SessionChange<T>,
  ): Promise<T>;
  /** Forgets sessions that ended before `nowMs`. */
  deleteExpiredSessions(nowMs: number): Promise<void>;
  close(): Promise<void>;
}
