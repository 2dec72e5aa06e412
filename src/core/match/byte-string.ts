/**
 * Header values are latin-1 strings, one character per byte, and Envoy's matchers compare bytes. So whatever is compared with
 * them, a text of the configuration or a claim, is first spelled the same way: its UTF-8 bytes as characters below 256.
 */
export function toByteString(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) return Buffer.from(text, 'utf8').toString('latin1');
  }
  return text;
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
