import type { IPMatcher } from '#schema/xds/type/matcher/v3/ip_pb.js';
import { createIpRange, type IpRange } from '../../../core/match/index.ts';
import type { MatchContext } from './match-input.ts';
import type { Branches } from './match-lookup.ts';
import type { CompileOnMatch, MatchTree } from './match-tree.ts';

interface Entry<Outcome> {
  range: IpRange;
  length: number;
  exclusive: boolean;
  branch: MatchTree<Outcome>;
}

/**
 * Branches by blocks of addresses: the narrowest block first, of equal ones the one that was written first. A block that is `exclusive`
 * counts only where no narrower one has had its say (Envoy: ip_range_matcher.h).
 */
export function compileRangeBranches<Outcome>(
  { rangeMatchers }: IPMatcher,
  onMatchOf: CompileOnMatch<Outcome>,
  { refuse }: MatchContext,
): Branches<Outcome> | null {
  const entries: Entry<Outcome>[] = [];
  let complete = true;
  for (const matcher of rangeMatchers) {
    if (matcher.onMatch === undefined) refuse('a block of addresses needs an `on_match`', matcher);
    const branch = matcher.onMatch === undefined ? null : onMatchOf(matcher.onMatch);
    for (const cidr of matcher.ranges) {
      const range = createIpRange(cidr.addressPrefix, cidr.prefixLen);
      if (range === null) refuse(`malformed IP address: \`${cidr.addressPrefix}\``, cidr, 'address_prefix');
      if (range === null || branch === null) complete = false;
      else entries.push({ range, length: range.bits, exclusive: matcher.exclusive, branch });
    }
    complete &&= branch !== null;
  }
  if (!complete) return null;
  const ordered = entries.toSorted((a, b) => b.length - a.length);
  return (value) =>
    ordered
      .filter(({ range }) => range.contains(value))
      .filter(({ exclusive }, index) => index === 0 || !exclusive)
      .map(({ branch }) => branch);
}
