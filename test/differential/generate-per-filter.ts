import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import type { FeatureName } from './features.ts';
import { generateAuthzPerRoute } from './generate-authz.ts';
import type { FormatWords } from './generate-formats.ts';
import { generateLocalRateLimit } from './generate-limits.ts';
import { generateHeaderToMetadata, generateSetMetadata } from './generate-metadata-filters.ts';
import { generateMutations } from './generate-mutations.ts';
import { generateCorsPolicy } from './generate-neighbours.ts';

export interface PerFilterWords extends FormatWords {
  /** Of the case. */
  id: string;
  /** Names of the filters in the chain. */
  filters: readonly string[];
  /** Names of requirements that a route can ask for. */
  requirementNames: readonly string[];
  /** Makes an `RBAC` for a route. */
  rbac: () => JsonObject;
}

const FILTERS = 'type.googleapis.com/envoy.extensions.filters.http';
const FILTER_CONFIG = 'type.googleapis.com/envoy.config.route.v3.FilterConfig';

/** Changes of filters for a route, a virtual host or all of them: other rules, switched off, or on where the chain has them off. */
export function generatePerFilter(choose: Choose, words: PerFilterWords, probability: number): JsonObject {
  const entries = changesOfAll(choose, words, probability);
  return Object.keys(entries).length === 0 ? {} : { typed_per_filter_config: entries };
}

function changesOfAll(choose: Choose, words: PerFilterWords, probability: number): JsonObject {
  const entries: JsonObject = {};
  for (const [name, { feature, make }] of Object.entries(MAKERS)) {
    const isThere = words.filters.includes(name);
    if (!words.features.has(feature) || !choose.chance(isThere ? probability : probability / 20)) continue;
    entries[name] = make(choose, words);
  }
  for (const name of words.features.has('filter_config') ? words.filters : []) {
    if (choose.chance(probability / 4)) entries[name] = filterConfig(choose, entries[name]);
  }
  return entries;
}

/** A wrapping that says whether the filter runs: with a configuration, which Envoy leaves unread where it does not (row F12), or without. */
function filterConfig(choose: Choose, config: Json | undefined): JsonObject {
  return {
    '@type': FILTER_CONFIG,
    ...(config === undefined || choose.chance(0.5)
      ? { disabled: true }
      : { ...choose.field(0.5, 'disabled', () => false), config }),
    ...choose.field(0.15, 'is_optional', () => choose.chance(0.7)),
  };
}

interface Maker {
  feature: FeatureName;
  make: (choose: Choose, words: PerFilterWords) => JsonObject;
}

const typed = (type: string, fields: JsonObject): JsonObject => ({
  '@type': `${FILTERS}.${type}`,
  ...fields,
});

const MAKERS: Record<string, Maker> = {
  jwt: { feature: 'jwt_per_route', make: requirement },
  rbac: { feature: 'rbac_per_route', make: rules },
  'rbac-2': { feature: 'rbac_per_route', make: rules },
  cors: { feature: 'cors', make: (choose) => generateCorsPolicy(choose) },
  htm: {
    feature: 'header_to_metadata',
    make: (choose) => typed('header_to_metadata.v3.Config', generateHeaderToMetadata(choose)),
  },
  sm: {
    feature: 'set_metadata',
    make: (choose) => typed('set_metadata.v3.Config', generateSetMetadata(choose)),
  },
  hm: {
    feature: 'header_mutation',
    make: (choose, words) =>
      typed('header_mutation.v3.HeaderMutationPerRoute', { mutations: generateMutations(choose, words) }),
  },
  authz: { feature: 'ext_authz', make: (choose, words) => generateAuthzPerRoute(choose, words) },
  limit: {
    feature: 'local_ratelimit',
    make: (choose, { id, payloadKeys }) => generateLocalRateLimit(choose, id, payloadKeys),
  },
};

function requirement(choose: Choose, { requirementNames }: PerFilterWords): JsonObject {
  const name = () => choose.pick([...requirementNames, ...requirementNames, 'nobody']);
  const fields = choose.chance(1 / 3) ? { disabled: true } : { requirement_name: name() };
  return typed('jwt_authn.v3.PerRouteConfig', fields);
}

function rules(choose: Choose, { rbac }: PerFilterWords): JsonObject {
  return typed('rbac.v3.RBACPerRoute', choose.chance(0.25) ? {} : { rbac: rbac() });
}
