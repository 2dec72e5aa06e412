import type { IpAddress } from './ip-range.ts';

/**
 * The one spelling of an address: an IPv6 address has groups without leading zeros and the first longest run of zero groups left out, and
 * ends like an IPv4 address where it stands for one (inet_ntop, which Envoy asks).
 */
export function formatIpAddress(bytes: IpAddress): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push((((bytes[i] as number) << 8) | (bytes[i + 1] as number)).toString(16));
  }
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(':');
  const ending = standsForIpv4(run, groups) ? [...groups.slice(0, 6), bytes.slice(12).join('.')] : groups;
  return `${groups.slice(0, run.start).join(':')}::${ending.slice(run.start + run.length).join(':')}`;
}

interface Run {
  start: number;
  length: number;
}

const standsForIpv4 = ({ start, length }: Run, groups: readonly string[]) =>
  start === 0 && (length === 6 || (length === 5 && groups[5] === 'ffff'));

function longestZeroRun(groups: readonly string[]): Run {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
