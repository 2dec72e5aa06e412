const ALPHABET = /^[A-Za-z0-9_-]*$/;

/**
 * Decodes canonical base64url without padding (RFC 4648 §5, RFC 7515 §2): no white space, no `=`, no other alphabet, the
 * unused bits of the last character zero.
 * @returns null when the text is not canonical.
 */
export function decodeBase64url(text: string): Buffer | null {
  const remainder = text.length & 3;
  if (remainder === 1 || !ALPHABET.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  if (remainder !== 0 && !hasZeroTail(text, remainder)) return null;
  return bytes;
}

export function encodeBase64url(bytes: Uint8Array | string): string {
  return (
    typeof bytes === 'string'
      ? Buffer.from(bytes)
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  ).toString('base64url');
}

/** Two leftover characters carry 4 unused bits, three carry 2. */
function hasZeroTail(text: string, remainder: number): boolean {
  const last = text.charCodeAt(text.length - 1);
  return (sextet(last) & (remainder === 2 ? 0x0f : 0x03)) === 0;
}

function sextet(code: number): number {
  if (code === 45) return 62;
  if (code === 95) return 63;
  if (code <= 57) return code + 4;
  if (code <= 90) return code - 65;
  return code - 71;
}
