/** A request as the issuer sees it; who speaks HTTP makes it. */
export interface IssuerRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  /** The value of a header, name in lower case; undefined when it is not there. */
  header(name: string): string | undefined;
  readonly body: Buffer;
  readonly remoteAddress: string;
  /** The connection is TLS. */
  readonly isSecure: boolean;
}

export interface IssuerReply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}
