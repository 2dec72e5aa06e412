import { isUtf8 } from 'node:buffer';

/** Stands where bytes are that no text has, so that the readers can say where. */
const NO_TEXT = '\uD800';

/**
 * The text of a configuration file. As Envoy's YAML reader it knows UTF-8, UTF-16 and UTF-32, with a byte order mark or by the zero
 * bytes around the first character; bytes that are none of UTF-8 become U+FFFD. JSON has to be UTF-8 without a mark: what is not keeps
 * a mark, or has a lone surrogate at the first bad byte.
 */
export function decodeText(bytes: Buffer, name: string): string {
  const json = name.endsWith('.json');
  const encoding = encodingOf(bytes);
  if (encoding !== 'utf-8') {
    const text = encoding.startsWith('utf-32') ? decodeUtf32(bytes, encoding) : decodeUtf16(bytes, encoding);
    return json ? `\uFEFF${text}` : text;
  }
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return text;
  return json ? markFirstBadByte(text, bytes) : markSurrogates(bytes);
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

function encodingOf(bytes: Buffer): Encoding {
  const [a, b, c, d] = bytes;
  if (c === 0 && d === 0 && ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0))) return 'utf-32le';
  if (a === 0 && b === 0 && ((c === 0xfe && d === 0xff) || (c === 0 && d !== 0))) return 'utf-32be';
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && b !== undefined)) return 'utf-16be';
  return 'utf-8';
}

/** The decoder drops the mark. */
const decodeUtf16 = (bytes: Buffer, encoding: string) => new TextDecoder(encoding).decode(bytes);

function decodeUtf32(bytes: Buffer, encoding: Encoding): string {
  const characters: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = encoding === 'utf-32le' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    const isText = point < 0xd800 || (point > 0xdfff && point <= 0x10ffff);
    if (at > 0 || point !== 0xfeff) characters.push(isText ? String.fromCodePoint(point) : '\uFFFD');
  }
  return characters.join('');
}

/** @param text what became of the bytes */
function markFirstBadByte(text: string, bytes: Buffer): string {
  for (let at = text.indexOf('\uFFFD'); at !== -1; at = text.indexOf('\uFFFD', at + 1)) {
    const start = Buffer.byteLength(text.slice(0, at));
    if (bytes.toString('latin1', start, start + 3) !== '\u00EF\u00BF\u00BD')
      return text.slice(0, at) + NO_TEXT + text.slice(at + 1);
  }
  return text;
}

/** Surrogates that are written as if they were characters, which Envoy hands on to a reader that refuses them. */
function markSurrogates(bytes: Buffer): string {
  const parts = bytes.toString('latin1').split(/\u00ED[\u00A0-\u00BF][\u0080-\u00BF]/);
  return parts.map((part) => Buffer.from(part, 'latin1').toString('utf8')).join(NO_TEXT);
}
