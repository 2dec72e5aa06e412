/** What matchers look at: a request's head, with lower-case header names and values of one character per byte. */
export interface MatchedRequest {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  /** There is no authority, not even an empty one. */
  readonly lacksHost?: boolean;
  /** The request target with its query. */
  readonly path: string;
  /** Where the client is if not at the connection's other end: what trusted hops said when the request came. */
  readonly clientAddress?: string;
  readonly headers: { readonly names: readonly string[]; readonly values: readonly string[] };
}

const PARAMETERS = /;[^/]*/g;

/** A path whose segments end at their first semicolon (Envoy: `ignore_path_parameters_in_path_matching`). */
export function withoutParameters(path: string): string {
  return path.includes(';') ? path.replaceAll(PARAMETERS, '') : path;
}

/** The path without query and fragment, which is what path matchers see (Envoy: path_utility.cc). */
export function withoutQuery(path: string): string {
  const query = path.indexOf('?');
  const end = query < 0 ? path : path.slice(0, query);
  const fragment = end.indexOf('#');
  return fragment < 0 ? end : end.slice(0, fragment);
}
