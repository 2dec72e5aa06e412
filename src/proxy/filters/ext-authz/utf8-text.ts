/**
 * The text of bytes that should be UTF-8: each byte that belongs to no character becomes `!` (Envoy: MessageUtil::sanitizeUtf8String).
 * @param bytes one character per byte
 */
export const utf8Text = (bytes: string): string =>
  ASCII.test(bytes) ? bytes : marked(bytes).toString('utf8');

/** The same, again with one character per byte. */
export const utf8Bytes = (bytes: string): string =>
  ASCII.test(bytes) ? bytes : marked(bytes).toString('latin1');

function marked(bytes: string): Buffer {
  const buffer = Buffer.from(bytes, 'latin1');
  for (let at = 0; at < buffer.length; ) {
    const length = characterLength(buffer, at);
    if (length === 0) buffer[at] = MARK;
    at += length || 1;
  }
  return buffer;
}

const ASCII = /^[\0-\x7f]*$/;
const MARK = 0x21;

/** Bytes of the character that starts here; 0: none does (RFC 3629 §4: neither too long, a surrogate, nor beyond the last one). */
function characterLength(buffer: Buffer, at: number): number {
  const first = buffer[at] as number;
  if (first < 0x80) return 1;
  const length = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length === 0 || at + length > buffer.length) return 0;
  const second = buffer[at + 1] as number;
  const [low, high] = SECOND.get(first) ?? [0x80, 0xbf];
  if (second < low || second > high) return 0;
  for (let i = at + 2; i < at + length; i++) if (((buffer[i] as number) & 0xc0) !== 0x80) return 0;
  return length;
}

/** First bytes after which fewer second ones may come. */
const SECOND = new Map<number, readonly [low: number, high: number]>([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);
