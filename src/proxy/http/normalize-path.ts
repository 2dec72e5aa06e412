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
/** Escapes of characters that need none (RFC 3986 §2.3): letters, digits, `-._~`. */
const ESCAPED_UNRESERVED = /%(?:2[de]|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/gi;
/** Characters that are no path characters (RFC 3986 §3.3) and are escaped, as Envoy's URL library does. */
const NO_PATH_CHARACTER = /["<>^`{|}]/g;
/** `.` or `..`, also with parameters behind: some origins strip those before they resolve. */
const DOT_SEGMENT = /^(\.\.?)(?:;.*)?$/;
const NEEDS_WORK = /[%\\"<>^`{|}]|\/\.|\/\//;

/**
 * Normalises a path as the connection manager is told to, once, before anything looks at it: what is authorised is what is
 * forwarded (envoy.md §6.3). The query is left alone. Order as in Envoy: escaped slashes, dot segments, slashes.
 */
export function normalizePath(target: string, options: PathOptions): NormalizedPath {
  const { escapedSlashes } = options;
  if (!NEEDS_WORK.test(target) || target === '*') return { kind: 'path', path: target };
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
    const resolved = resolveSegments(path);
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

/** Dot segments resolved, `\` made `/`, needless escapes undone and needed ones made; null for an escaped NUL. */
function resolveSegments(path: string): string | null {
  if (path.includes('%00')) return null;
  const plain = path
    .replaceAll('\\', '/')
    .replaceAll(ESCAPED_UNRESERVED, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(1), 16)))
    .replaceAll(NO_PATH_CHARACTER, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const kept: string[] = [];
  const segments = plain.split('/');
  segments.forEach((segment, index) => {
    if (index === 0) return;
    const dots = DOT_SEGMENT.exec(segment)?.[1];
    if (dots === undefined) kept.push(segment);
    if (dots === '..') kept.pop();
    if (dots !== undefined && index === segments.length - 1) kept.push('');
  });
  return `/${kept.join('/')}`;
}
