import type { CidrRange } from '#schema/envoy/config/core/v3/address_pb.js';
import { createIpRange, formatIpAddress, parseIpAddress } from '../../core/match/index.ts';

/**
 * Addresses that tell a range from one that is larger or smaller: its own, one inside that no smaller range of that address has, one
 * outside that every larger one has.
 */
export function addressesAround({ addressPrefix, prefixLen }: CidrRange): string[] {
  const bytes = parseIpAddress(addressPrefix);
  if (bytes === null) return [addressPrefix];
  const length = prefixLen ?? 0;
  const places = [length, length - 1].filter((place) => place >= 0 && place < bytes.length * 8);
  return [addressPrefix, ...places.map((place) => formatIpAddress(withFlipped(bytes, place)))];
}

/** @param place of the bit, from the left */
function withFlipped(bytes: readonly number[], place: number): number[] {
  const index = place >> 3;
  return bytes.with(index, (bytes[index] as number) ^ (0x80 >> (place & 7)));
}

/** The first of those that are in the very same ranges. */
export function onePerRanges(addresses: readonly string[], ranges: readonly CidrRange[]): string[] {
  const tests = ranges.map(({ addressPrefix, prefixLen }) => createIpRange(addressPrefix, prefixLen));
  const classes = new Map<string, string>();
  for (const address of addresses) {
    const vector = tests.map((range) => (range?.contains(address) === true ? 1 : 0)).join('');
    if (!classes.has(vector)) classes.set(vector, address);
  }
  return [...classes.values()];
}
