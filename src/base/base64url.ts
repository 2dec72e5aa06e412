/**
 * Decodes canonical base64url without padding (RFC 4648 §5, RFC 7515 §2): no white space, no `=`, no other alphabet, the
 * unused bits of the last character zero. Encoding again is the proof, and faster than looking at each character.
 * @returns null when the text is not canonical.
 */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

export function encodeBase64url(bytes: Uint8Array | string): string {
  return (
    typeof bytes === 'string'
      ? Buffer.from(bytes)
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  ).toString('base64url');
}
