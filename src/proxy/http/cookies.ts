import type { MatchedRequest } from '../../core/match/index.ts';

/** The first cookie of that name over all `cookie` lines. Only blanks before the name are dropped (envoy-observed.md, A). */
export function firstCookie({ names, values }: MatchedRequest['headers'], name: string): string | undefined {
  for (let i = 0; i < names.length; i++) {
    if (names[i] !== 'cookie') continue;
    for (const pair of (values[i] as string).split(';')) {
      const text = pair.replace(/^ +/, '');
      const equals = text.indexOf('=');
      if (equals >= 0 && text.slice(0, equals) === name) return unquote(text.slice(equals + 1));
    }
  }
  return undefined;
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
