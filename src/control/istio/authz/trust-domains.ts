import type { StringMatcher } from '#schema/envoy/type/matcher/v3/string_pb.js';
import type { Value } from '../lineage.ts';
import { escapeRegex, regexMatcher, wildcardMatcher } from './string-matcher.ts';

/** Stands for the mesh's own trust domain in every mesh. */
const LOCAL = 'cluster.local';

/** The mesh's trust domain first, then its aliases. */
export type TrustDomains = readonly string[];

/** A value of `trustDomains`: exact, or with one star that does not reach past the first path segment. */
export function trustDomainMatcher(text: string): StringMatcher {
  if (text === '*') return wildcardMatcher('spiffe://*');
  if (!text.includes('*')) return wildcardMatcher(`spiffe://${text}/*`);
  return regexMatcher(`spiffe://${escapeRegex(text).replaceAll('\\*', '[^/]*')}/.*`);
}

/** Expands principals of the mesh's trust domain to all its names. Others stay as they are, duplicates included. */
export function expandPrincipals(values: readonly Value[], domains: TrustDomains): Value[] {
  return values.flatMap((value) => {
    const parts = value.text.split('/');
    const domain = parts[0] as string;
    if (parts.length !== 5 || domain === '*' || !isMeshDomain(domain, domains)) return [value];
    const texts = domains.map((name) =>
      hasSuffixPattern(name, domain) ? value.text : [name, ...parts.slice(1)].join('/'),
    );
    return [...new Set(texts)].map((text) => ({ ...value, text }));
  });
}

/** As `expandPrincipals`, for values that are trust domains; of equal ones the first stays. */
export function expandTrustDomains(values: readonly Value[], domains: TrustDomains): Value[] {
  const expanded = new Map<string, Value>();
  for (const value of values) {
    const whole = value.text.includes('*') || !isMeshDomain(value.text, domains);
    for (const text of whole ? [value.text] : domains) {
      if (!expanded.has(text)) expanded.set(text, { ...value, text });
    }
  }
  return [...expanded.values()];
}

function isMeshDomain(domain: string, domains: TrustDomains): boolean {
  return (
    domain === LOCAL ||
    domains.some((name) => matchesWildcard(domain, name) || hasSuffixPattern(name, domain))
  );
}

function matchesWildcard(text: string, pattern: string): boolean {
  if (pattern === '*' || text === pattern) return true;
  if (pattern.endsWith('*') && text.startsWith(pattern.slice(0, -1))) return true;
  return hasSuffixPattern(text, pattern);
}

/** `*x` covers what ends in `x`. */
function hasSuffixPattern(text: string, pattern: string): boolean {
  return pattern.startsWith('*') && text.endsWith(pattern.slice(1));
}
