import type { Algorithm } from './algorithms.ts';
import type { JsonObject } from './json-value.ts';
import type { Status } from './status.ts';

/** A token whose form is right. Nothing in it is proven until `verifySignature` says `ok`. */
export interface ParsedToken {
  /** The exact text that was parsed. */
  readonly text: string;
  readonly header: TokenHeader;
  readonly payload: JsonObject;
  readonly claims: Claims;
  /** The payload as it stands in the token: base64url without padding. */
  readonly payloadSegment: string;
  /** What the signature covers: header segment, dot, payload segment. */
  readonly signedText: string;
  readonly signature: Uint8Array;
  /**
   * A spelling that Envoy takes and jotgate does not. It decides only where Envoy would admit: `verifySignature` answers with its
   * status in place of `ok`, so that every other refusal keeps Envoy's text.
   */
  readonly fault: SpellingFault | null;
}

/** How a token is spelled as it should not be. */
export interface SpellingFault {
  readonly status: Status;
  /** For a person; never part of the reply. */
  readonly reason: string;
}

/** A JOSE header whose `alg` is known (RFC 7515 §4). */
export interface TokenHeader {
  readonly alg: Algorithm;
  /** Empty when the header has none. */
  readonly kid: string;
  readonly json: JsonObject;
}

/** The registered claims with Envoy's types (envoy.md §4.1). Strings are empty and times 0 when absent. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  /** Seconds since 1970, fraction dropped; 0: does not expire. */
  readonly exp: number;
  readonly nbf: number;
  readonly iat: number;
  readonly jti: string;
}
