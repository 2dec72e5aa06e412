import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import type { FeatureName } from './features.ts';
import { generateRbac } from './generate-rbac.ts';

const TYPE = 'type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC';

/** Network filters that judge a connection before there is a request; most let it in, or nothing would follow. */
export function generateGuards(
  choose: Choose,
  id: string,
  features: ReadonlySet<FeatureName>,
  tls: boolean,
): JsonObject[] {
  if (!choose.chance(0.1)) return [];
  const words = { payloadKeys: [], paths: [], features, tls };
  return choose.list(1, 2, (index) => {
    const {
      track_per_rule_stats: _,
      rules_stat_prefix: __,
      ...rules
    } = seldomOfHeaders(choose, () => generateRbac(choose, words, 0.3));
    return {
      name: 'guard',
      typed_config: {
        '@type': TYPE,
        stat_prefix: `${id}.guard${index}`,
        ...soft(choose, rules),
        ...choose.field(0.1, 'enforcement_type', () => 'ONE_TIME_ON_FIRST_BYTE'),
        ...choose.field(0.05, 'delay_deny', () => choose.pick(['0s', '0.005s'])),
      },
    };
  });
}

/** Envoy refuses a network filter that asks for headers; how much has come of a connection is another on each side. */
function seldomOfHeaders(choose: Choose, make: () => JsonObject): JsonObject {
  let made = make();
  for (let tries = 0; tries < 5 && /"header"|HttpRequestHeader/.test(JSON.stringify(made)); tries++)
    made = choose.chance(0.95) ? make() : made;
  return /"field":"(?:total_)?size"/.test(JSON.stringify(made)) ? {} : made;
}

/** What would be enforced is more often only told of. */
function soft(choose: Choose, { rules, matcher, ...rest }: JsonObject): JsonObject {
  const enforced: Record<string, Json> = {
    ...(rules === undefined ? {} : { rules }),
    ...(matcher === undefined ? {} : { matcher }),
  };
  if (choose.chance(0.4)) return { ...rest, ...enforced };
  const { shadow_rules: _, shadow_matcher: __, ...others } = rest;
  return {
    ...others,
    ...(rules === undefined ? {} : { shadow_rules: rules }),
    ...(matcher === undefined ? {} : { shadow_matcher: matcher }),
  };
}
