import { canonicalPath } from './canonical-path.ts';
import type { HttpOptions } from './http-options.ts';

/** What normalisation made of a path. */
export type NormalizedPath =
  | { kind: 'path'; path: string }
  /** The sender is told to come back with the unescaped path. */
  | { kind: 'redirect'; path: string }
  /** The path as far as it came, by which a route is still chosen. */
  | { kind: 'refused'; path: string };

type PathOptions = Pick<HttpOptions, 'normalizePath' | 'mergeSlashes' | 'escapedSlashes'>;

const ESCAPED_SLASH = /%2f|%5c/i;
const NEEDS_WORK = /[%\\"<>^`{|}]|\/\.|\/\//;

/**
 * Normalises a path as the connection manager is told to, once, before anything looks at it: what is authorised is what is
 * forwarded (envoy.md §6.3). The query is left alone. Order as in Envoy: escaped slashes, dot segments, slashes.
 */
export function normalizePath(target: string, options: PathOptions): NormalizedPath {
  const { escapedSlashes } = options;
  if (!NEEDS_WORK.test(target)) return { kind: 'path', path: target };
  const queryAt = target.indexOf('?');
  let path = queryAt < 0 ? target : target.slice(0, queryAt);
  const query = queryAt < 0 ? '' : target.slice(queryAt);
  let redirect = false;
  if (escapedSlashes !== 'keep' && ESCAPED_SLASH.test(path)) {
    path = path.replaceAll(/%2f/gi, '/').replaceAll(/%5c/gi, '\\');
    if (escapedSlashes === 'reject') return { kind: 'refused', path: path + query };
    redirect = escapedSlashes === 'redirect';
  }
  if (options.normalizePath) {
    const resolved = canonicalPath(path);
    if (resolved === null) return { kind: 'refused', path: path + query };
    path = resolved;
  }
  if (options.mergeSlashes) path = mergeSlashes(path);
  return { kind: redirect ? 'redirect' : 'path', path: path + query };
}

/** A path of slashes alone keeps its first and its last (Envoy: path_utility.cc). */
function mergeSlashes(path: string): string {
  return /^\/\/+$/.test(path) ? '//' : path.replaceAll(/\/{2,}/g, '/');
}
