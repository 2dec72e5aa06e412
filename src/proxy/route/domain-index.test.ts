import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DomainIndex } from './domain-index.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', 'B'), maxLength: 5 });
const domain = fc
  .tuple(text, fc.constantFrom('exact', 'suffix', 'prefix'))
  .map(([name, kind]) => (kind === 'exact' ? name : kind === 'suffix' ? `*${name}` : `${name}*`));

/** By looking at one domain after another: the best kind, and of wildcards the longest. */
function byLooking(domains: readonly string[], authority: string): string | null {
  const name = authority.toLowerCase();
  const rank = (domain: string): number => {
    const wanted = domain.toLowerCase();
    const rest = wanted.replace('*', '');
    const isLonger = name.length > rest.length;
    if (wanted === '*') return 1;
    if (wanted.startsWith('*')) return isLonger && name.endsWith(rest) ? 2000 + rest.length : 0;
    if (wanted.endsWith('*')) return isLonger && name.startsWith(rest) ? 1000 + rest.length : 0;
    return name === wanted ? 3000 : 0;
  };
  const best = domains.toSorted((a, b) => rank(b) - rank(a))[0];
  return best !== undefined && rank(best) > 0 ? best : null;
}

describe('the index of domains', () => {
  it('finds the domain that looking at one after another finds', () => {
    fc.assert(
      fc.property(fc.array(domain, { maxLength: 12 }), fc.array(text, { minLength: 1 }), (domains, names) => {
        const index = new DomainIndex<string>();
        const taken = domains.filter((one) => index.add(one, one));
        for (const name of names) assert.equal(index.find(name), byLooking(taken, name));
      }),
      { numRuns: 3000 },
    );
  });
});
