/**
 * Header values are latin-1 strings, one character per byte, and Envoy's matchers compare bytes. So whatever is compared with
 * them, a text of the configuration or a claim, is first spelled the same way: its UTF-8 bytes as characters below 256.
 */
export function toByteString(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) return spelled(text);
  }
  return text;
}

const ALONE = 0xdc00;

function spelled(text: string): string {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8').toString('latin1');
  return text.replaceAll(/[\udc80-\udcff]|[^\udc80-\udcff]+/gu, (found) =>
    /^[\udc80-\udcff]/u.test(found)
      ? String.fromCharCode(found.charCodeAt(0) - ALONE)
      : Buffer.from(found, 'utf8').toString('latin1'),
  );
}

/** Whatever is beyond ASCII: the characters of UTF-8 (Unicode, table 3-7), and any byte that is part of none. */
const BEYOND_ASCII =
  /[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}|[\x80-\xff]/g;

/**
 * A byte string as a text that `toByteString` makes the same byte string of, where Envoy goes on with the bytes: a byte that is not UTF-8
 * is one of U+DC80 to U+DCFF, which no text has alone.
 */
export function toText(bytes: string): string {
  const text = fromByteString(bytes);
  if (!text.includes('\ufffd')) return text;
  return bytes.replaceAll(BEYOND_ASCII, (found) =>
    found.length > 1 ? fromByteString(found) : String.fromCharCode(ALONE + found.charCodeAt(0)),
  );
}

/** The text that a byte string spells, for messages to people. */
export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Lower case for the letters A to Z only, as Envoy folds case; any other byte stays. */
export function lowerAscii(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 65 && code <= 90) return text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
  }
  return text;
}

/** A copy of a byte string that shares no memory with a longer one, for strings that outlive their request. */
export function detached(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('latin1');
}
