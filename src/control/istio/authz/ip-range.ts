/** An address as Go's netip prints it, with the number of leading bits that count. */
export interface IpRange {
  address: string;
  bits: number;
}

/**
 * Reads an IP address or CIDR block. Host bits stay as written; a zone is dropped; IPv6 is put in canonical form (RFC 5952).
 * @returns null for anything else, `010.1.2.3` included.
 */
export function parseIpRange(text: string): IpRange | null {
  const slash = text.lastIndexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash), slash < 0);
  if (address === null) return null;
  if (slash < 0) return { address: address.text, bits: address.width };
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > address.width) return null;
  return { address: address.text, bits: Number(length) };
}

function parseAddress(text: string, zoneAllowed: boolean): { text: string; width: 32 | 128 } | null {
  if (parseIpv4(text) !== null) return { text, width: 32 };
  const percent = text.indexOf('%');
  if (percent >= 0 && (!zoneAllowed || percent === text.length - 1)) return null;
  const groups = parseIpv6(percent < 0 ? text : text.slice(0, percent));
  return groups === null ? null : { text: renderIpv6(groups), width: 128 };
}

function parseIpv4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const octets = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return octets.every((octet) => octet <= 255) ? octets : null;
}

/** The eight groups of an IPv6 address, null when it is none. */
function parseIpv6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0] as string, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] as string, true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1) return missing === 0 ? head : null;
  if (missing < 1) return null;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function parseGroups(text: string, dottedTailAllowed: boolean): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const octets = dottedTailAllowed && index === parts.length - 1 ? parseIpv4(part) : null;
    if (octets !== null) {
      const [a = 0, b = 0, c = 0, d = 0] = octets;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return null;
    }
  }
  return groups;
}

function renderIpv6(groups: number[]): string {
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return `::ffff:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** The first of the longest runs of zero groups. */
function longestZeroRun(groups: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (index < groups.length && groups[index] === 0) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}
