import type { ServerNameMatcher } from '#schema/xds/type/matcher/v3/domain_pb.js';
import { toByteString } from '../../../core/match/index.ts';
import type { MatchContext } from './match-input.ts';
import type { Branches } from './match-lookup.ts';
import type { CompileOnMatch, MatchTree } from './match-tree.ts';

/**
 * Branches by names: the whole name, then `*.` and its endings from the longest on, then `*`. As they are written: case counts
 * (Envoy: domain_matcher.h).
 */
export function compileDomainBranches<Outcome>(
  { domainMatchers }: ServerNameMatcher,
  onMatchOf: CompileOnMatch<Outcome>,
  { refuse }: MatchContext,
): Branches<Outcome> | null {
  const branches = new Map<string, MatchTree<Outcome>>();
  let complete = true;
  for (const matcher of domainMatchers) {
    if (matcher.onMatch === undefined) refuse('a list of domains needs an `on_match`', matcher);
    const branch = matcher.onMatch === undefined ? null : onMatchOf(matcher.onMatch);
    complete &&= branch !== null;
    for (const domain of matcher.domains) {
      const key = toByteString(domain);
      const fault = faultOf(domain) ?? (branches.has(key) ? `the domain \`${domain}\` is there twice` : null);
      if (fault !== null) {
        refuse(fault, matcher, 'domains');
        complete = false;
      }
      if (branch !== null) branches.set(key, branch);
    }
  }
  if (!complete) return null;
  return (value) =>
    patternsFor(value)
      .map((pattern) => branches.get(pattern))
      .filter((branch) => branch !== undefined);
}

function faultOf(domain: string): string | null {
  if (domain === '') return 'a domain of a list is empty';
  if (domain === '*' || !domain.includes('*')) return null;
  if (domain.lastIndexOf('*') === 0 && domain.startsWith('*.') && domain.length > 2) return null;
  return `bad domain \`${domain}\`: only \`*\` and \`*.domain\` are wildcards`;
}

/** No name has none, `*` neither. */
function patternsFor(name: string): string[] {
  if (name === '') return [];
  const patterns = [name];
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    patterns.push(`*${name.slice(dot)}`);
  }
  return [...patterns, '*'];
}
