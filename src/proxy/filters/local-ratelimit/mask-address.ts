import { parseIpAddress } from '../../../core/match/index.ts';

/** An address with all but its first bits cleared, as `10.1.0.0/16`. A text that is no address stays as it is. */
export function maskAddress(text: string, lengths: { v4: number; v6: number }): string {
  const bytes = parseIpAddress(text);
  if (bytes === null) return text;
  const length = bytes.length === 4 ? lengths.v4 : lengths.v6;
  const masked = bytes.map((byte, index) => byte & maskOf(length - index * 8));
  return `${masked.length === 4 ? masked.join('.') : renderIpv6(masked)}/${length}`;
}

/** Of one byte, its first `bits` bits. */
function maskOf(bits: number): number {
  if (bits >= 8) return 255;
  return bits <= 0 ? 0 : (255 << (8 - bits)) & 255;
}

/** RFC 5952: groups without leading zeros, the longest run of zero groups left out. */
function renderIpv6(bytes: readonly number[]): string {
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push((((bytes[i] as number) << 8) | (bytes[i + 1] as number)).toString(16));
  }
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(':');
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
