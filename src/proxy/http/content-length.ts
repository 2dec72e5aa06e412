/** Reads a content-length: decimal digits and nothing else (RFC 9110 §8.6). @returns -1 when it is anything else or too large. */
export function parseContentLength(value: string): number {
  const length = value.length;
  if (length === 0 || length > 64) return -1;
  let total = 0;
  for (let i = 0; i < length; i++) {
    const digit = value.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    total = total * 10 + digit;
  }
  return total <= Number.MAX_SAFE_INTEGER ? total : -1;
}
