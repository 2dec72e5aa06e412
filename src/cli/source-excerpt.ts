/** A line of a user's file as it may be shown: without secrets, without control characters, not longer than a screen. */
export interface Excerpt {
  text: string;
  /** Where in `text` the marked column stands, from 1. */
  column: number;
}

const BEFORE_MAX = 80;
const LENGTH_MAX = 200;

/** Tokens, secret members of keys (`k`, `d`, …), and lines of PEM keys. */
const SECRETS = [
  /eyJ[\w-]{4,}(?:\.[\w-]*){0,4}/g,
  /(?<="(?:k|d|p|q|dp|dq|qi)"\s*:\s*")[^"]+/g,
  /\b[A-Za-z0-9+/=]{60,}$/g,
];

/** @param column of the line, from 1; what is hidden keeps its length, so that marks stay in place */
export function excerptOf(line: string, column: number): Excerpt {
  const hidden = SECRETS.reduce(
    (text, secret) => text.replaceAll(secret, (found) => '*'.repeat(found.length)),
    line,
  );
  const fits = line.length <= LENGTH_MAX || column - 1 <= BEFORE_MAX;
  const start = fits ? 0 : column - 1 - BEFORE_MAX / 2;
  const part = printable(hidden.slice(start, start + LENGTH_MAX));
  const head = start > 0 ? '…' : '';
  const tail = hidden.length > start + LENGTH_MAX ? '…' : '';
  return { text: head + part + tail, column: column - start + head.length };
}

/** Characters that a terminal would act on are shown as a replacement of the same width. */
export function printable(text: string): string {
  let out = '';
  for (const character of text) out += isControl(character.charCodeAt(0)) ? '\ufffd' : character;
  return out;
}

const isControl = (code: number) => (code < 32 && code !== 9) || (code >= 127 && code < 160);
