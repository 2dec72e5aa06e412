import { formatIpAddress, parseIpAddress } from '../../../core/match/index.ts';

/** An address with all but its first bits cleared, as `10.1.0.0/16`. A text that is no address stays as it is. */
export function maskAddress(text: string, lengths: { v4: number; v6: number }): string {
  const bytes = parseIpAddress(text);
  if (bytes === null) return text;
  const length = bytes.length === 4 ? lengths.v4 : lengths.v6;
  const masked = bytes.map((byte, index) => byte & maskOf(length - index * 8));
  return `${formatIpAddress(masked)}/${length}`;
}

/** Of one byte, its first `bits` bits. */
function maskOf(bits: number): number {
  if (bits >= 8) return 255;
  return bits <= 0 ? 0 : (255 << (8 - bits)) & 255;
}
