import type { MatchedRequest } from '../../core/match/index.ts';

type Headers = MatchedRequest['headers'];

interface Jar {
  /** The lines that it was made of, for filters may change them. */
  readonly lines: readonly string[];
  readonly cookies: ReadonlyMap<string, string>;
}

const jars = new WeakMap<Headers, Jar>();

/** The first cookie of that name over all `cookie` lines, which are read once however many routes ask. */
export function firstCookie(headers: Headers, name: string): string | undefined {
  return jarOf(headers).cookies.get(name);
}

function jarOf(headers: Headers): Jar {
  const known = jars.get(headers);
  const lines = headers.values.filter((_, i) => headers.names[i] === 'cookie');
  if (known?.lines.length === lines.length && lines.every((line, i) => line === known.lines[i])) return known;
  const cookies = new Map<string, string>();
  walkCookies(headers, (name, value) => {
    if (!cookies.has(name)) cookies.set(name, value);
    return false;
  });
  const jar = { lines, cookies };
  jars.set(headers, jar);
  return jar;
}

/** The same for many names at once, by what stands for each: however many there are, the lines are walked over once. */
export function firstCookies<T>(headers: Headers, wanted: ReadonlyMap<string, T>): Map<T, string> {
  const found = new Map<T, string>();
  walkCookies(headers, (name, value) => {
    const one = wanted.get(name);
    if (one !== undefined && !found.has(one)) found.set(one, value);
    return found.size === wanted.size;
  });
  return found;
}

/**
 * Cookies one after the other; a pair without `=` is none, and only blanks before the name are dropped (envoy-observed.md, A).
 * @param visit true: that is enough
 */
function walkCookies({ names, values }: Headers, visit: (name: string, value: string) => boolean): void {
  for (let i = 0; i < names.length; i++) {
    if (names[i] !== 'cookie') continue;
    for (const pair of (values[i] as string).split(';')) {
      const equals = pair.indexOf('=');
      if (equals < 0) continue;
      let start = 0;
      while (pair.charCodeAt(start) === 32) start++;
      if (visit(pair.slice(start, equals), unquote(pair.slice(equals + 1)))) return;
    }
  }
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
