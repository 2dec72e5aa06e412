import type { MatchedRequest } from '../../core/match/index.ts';

type Headers = MatchedRequest['headers'];

/** The first cookie of that name over all `cookie` lines. */
export function firstCookie(headers: Headers, name: string): string | undefined {
  let found: string | undefined;
  walkCookies(headers, (one, value) => {
    if (one === name) found = value;
    return one === name;
  });
  return found;
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
