import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import type { FeatureName } from './features.ts';
import { generateSureFraction } from './generate-fractions.ts';
import { generateRouteMatch, generateString, generateUriTemplate } from './generate-matchers.ts';
import { generateMetadataMatch } from './generate-metadata-filters.ts';
import { VALUES } from './words.ts';

export interface MatchWords {
  payloadKeys: readonly string[];
  paths: string[];
  features: ReadonlySet<FeatureName>;
  tls: boolean;
}

/** A RouteMatch of any form but `connect_matcher`, which no request meets that is asked (row H8). */
export function generateMatch(choose: Choose, words: MatchWords): JsonObject {
  const { features, paths, payloadKeys } = words;
  const match = generateRouteMatch(choose, paths);
  const isTemplate = features.has('uri_template') && choose.chance(0.06);
  const { headers } = match;
  const template = () => ({
    path_match_policy: generateUriTemplate(choose, paths),
    ...(headers === undefined ? {} : { headers }),
  });
  const found = isTemplate ? template() : match;
  const asks = choose.field<Json>(features.has('route_metadata') ? 0.05 : 0, 'dynamic_metadata', () => [
    generateMetadataMatch(choose, payloadKeys),
  ]);
  return { ...found, ...asks, ...rareConditions(choose, words) };
}

function rareConditions(choose: Choose, { tls }: MatchWords): JsonObject {
  return {
    ...choose.field(0.06, 'runtime_fraction', () => generateSureFraction(choose)),
    ...choose.field<Json>(0.06, 'cookies', () => choose.list(1, 2, () => cookieMatcher(choose))),
    ...choose.field<Json>(0.03, 'grpc', () => ({})),
    ...choose.field(tls ? 0.2 : 0.02, 'tls_context', () => tlsContext(choose)),
    // Nothing of what a route can see is there to be found: only that it is not found.
    ...choose.field<Json>(0.01, 'filter_state', () => [
      { key: 'k', string_match: generateString(choose, VALUES) },
    ]),
  };
}

const cookieMatcher = (choose: Choose): JsonObject => ({
  name: choose.pick(['a', 'a', 'b', 'A']),
  string_match: generateString(choose, ['1', '2', 'x', '', 'a b']),
  ...choose.field(0.25, 'invert_match', () => true),
});

const tlsContext = (choose: Choose): JsonObject => ({
  ...choose.field(0.7, 'presented', () => choose.chance(0.6)),
  ...choose.field(0.5, 'validated', () => choose.chance(0.6)),
});
