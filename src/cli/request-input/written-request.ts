/** A request as somebody has written it down: of a file, a command line or a log. */
export interface WrittenRequest {
  method: string;
  /** A URL, or a path alone. */
  url: string;
  /** `name: value` each. */
  headers: readonly string[];
  /** Address of the client, where it is told. */
  peer?: string | undefined;
}
