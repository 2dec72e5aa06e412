import { fromByteString, toByteString } from '../match/index.ts';

/** Whatever is beyond ASCII: the characters of UTF-8 (Unicode, table 3-7), and any byte that is part of none. */
const BEYOND_ASCII =
  /[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}|[\x80-\xff]/g;
const ALONE = 0xdc00;

/**
 * What CEL sees of a header: Envoy has its bytes. A byte that is not UTF-8 is one of U+DC80 to U+DCFF, which no text has alone: two such
 * values are the same only where their bytes are.
 */
export function textOfBytes(bytes: string): string {
  const text = fromByteString(bytes);
  if (!text.includes('\ufffd')) return text;
  return bytes.replaceAll(BEYOND_ASCII, (found) =>
    found.length > 1 ? fromByteString(found) : String.fromCharCode(ALONE + found.charCodeAt(0)),
  );
}

/** The bytes of a text, one character each. */
export function bytesOfText(text: string): string {
  if (text.isWellFormed()) return toByteString(text);
  return text.replaceAll(/[\udc80-\udcff]|[^\udc80-\udcff]+/gu, (found) =>
    found.isWellFormed() ? toByteString(found) : String.fromCharCode(found.charCodeAt(0) - ALONE),
  );
}
