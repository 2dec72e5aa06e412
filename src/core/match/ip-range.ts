/** An address as its bytes: 4 or 16 of them. */
export type IpAddress = readonly number[];

/** Parses an IPv4 or IPv6 literal; an IPv4-mapped IPv6 address stays one of IPv6, as in Envoy. Null: no address. */
export function parseIpAddress(text: string): IpAddress | null {
  if (!text.includes(':')) return parseIpv4(text);
  return parseIpv6(text);
}

function parseIpv4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : null;
}

function parseIpv6(text: string): number[] | null {
  const zoneless = text.split('%', 1)[0] as string;
  const halves = zoneless.split('::');
  if (halves.length > 2) return null;
  // An IPv4 address ends an address, and ends no half of one.
  if (halves.length === 2 && halves[0]?.includes('.')) return null;
  const head = parseGroups(halves[0] as string);
  const tail = halves.length === 2 ? parseGroups(halves[1] as string) : [];
  if (head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function parseGroups(text: string): number[] | null {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (group.includes('.') && index === groups.length - 1) {
      const ipv4 = parseIpv4(group);
      if (ipv4 === null) return null;
      bytes.push(...ipv4);
    } else if (/^[\da-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 255);
    } else {
      return null;
    }
  }
  return bytes;
}

/** A block of addresses (`envoy.config.core.v3.CidrRange`). */
export interface IpRange {
  readonly wants: string;
  /** How many first bits the block's addresses share. */
  readonly bits: number;
  /** Those bits. */
  readonly shared: string;
  contains(address: string): boolean;
}

/**
 * Compiles a CIDR block. A length beyond the family's is the family's; an unset one is 0, so that it takes every address of the
 * family (Envoy: cidr_range.cc).
 * @returns null when the prefix is no address
 */
export function createIpRange(addressPrefix: string, prefixLength: number | undefined): IpRange | null {
  const prefix = parseIpAddress(addressPrefix);
  if (prefix === null || !mayHaveZone(prefix, addressPrefix)) return null;
  const bits = Math.min(prefixLength ?? 0, prefix.length * 8);
  return {
    wants: `${addressPrefix}/${bits}`,
    bits,
    shared: bitsOf(prefix).slice(0, bits),
    contains(address) {
      const bytes = parseIpAddress(address);
      return bytes !== null && bytes.length === prefix.length && sharesBits(bytes, prefix, bits);
    },
  };
}

const ZONE_MAX = 2 ** 32 - 1;

/** A zone is a number, or with addresses of one link a name, of which another machine knows no better (RFC 4007 §11.2). */
function mayHaveZone([first = 0, second = 0]: IpAddress, text: string): boolean {
  const at = text.indexOf('%');
  if (at < 0) return true;
  const zone = text.slice(at + 1);
  if (/^\d+$/.test(zone)) return Number(zone) <= ZONE_MAX;
  const isOfLink = first === 0xfe ? second >> 6 === 2 : first === 0xff && (second & 15) === 2;
  return isOfLink && zone !== '';
}

/** An address as bits, each a character; empty: it is none. */
export function addressBits(address: string): string {
  const bytes = parseIpAddress(address);
  return bytes === null ? '' : bitsOf(bytes);
}

function bitsOf(bytes: IpAddress): string {
  return bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

function sharesBits(a: IpAddress, b: IpAddress, bits: number): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) {
    if (a[i] !== b[i]) return false;
  }
  const rest = bits & 7;
  if (rest === 0) return true;
  const mask = 0xff00 >> rest;
  return (((a[whole] as number) ^ (b[whole] as number)) & mask & 0xff) === 0;
}
