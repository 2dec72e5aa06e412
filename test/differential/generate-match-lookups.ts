import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { generateNameInput, generateTextInput, RANGES } from './generate-inputs.ts';

type OnMatch = () => JsonObject;

/** A tree that branches by blocks of addresses or by names of servers. */
export function generateCustomLookup(choose: Choose, onMatch: OnMatch): JsonObject {
  const isRanges = choose.chance(0.6);
  const [input] = choose.chance(0.1) ? generateTextInput(choose) : generateNameInput(choose, isRanges);
  const [type, config] = isRanges
    ? ['xds.type.matcher.v3.IPMatcher', rangeMatchers(choose, onMatch)]
    : ['xds.type.matcher.v3.ServerNameMatcher', domainMatchers(choose, onMatch)];
  const typed = { '@type': `type.googleapis.com/${type}`, ...config };
  return { input, custom_match: { name: 'lookup', typed_config: typed } };
}

const rangeMatchers = (choose: Choose, onMatch: OnMatch): JsonObject => ({
  range_matchers: choose.list<Json>(1, 3, () => ({
    ranges: choose.some(1, 3, RANGES),
    on_match: onMatch(),
    ...choose.field(0.3, 'exclusive', () => choose.chance(0.9)),
  })),
});

const DOMAINS = ['host.test', 'a.test', 'HOST.test', '*.test', '*.host.test', '*', 'x'];

/** A name that stands twice is refused. */
function domainMatchers(choose: Choose, onMatch: OnMatch): JsonObject {
  const left = [...DOMAINS];
  const take = () => (choose.chance(0.01) ? choose.pick(['', '*x', 'a*', '*.*']) : choose.pick(left));
  return {
    domain_matchers: choose.list<Json>(1, 3, () => {
      const domains = [...new Set(choose.list(1, 2, take))];
      if (choose.chance(0.99)) for (const one of domains) left.splice(left.indexOf(one) >>> 0, 1);
      return { domains, on_match: onMatch() };
    }),
  };
}
