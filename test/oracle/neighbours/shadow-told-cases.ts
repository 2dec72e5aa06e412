import { type Case, ROUTE_ALL, rbac, type Scene } from '../rehearsal/scene.ts';
import { filter } from './scene-parts.ts';

const KEYS = [
  'shadow_engine_result',
  'shadow_effective_policy_id',
  'enforced_engine_result',
  'enforced_effective_policy_id',
];
const rules = (action: string, path: string) => ({
  action,
  policies: { p: { permissions: [{ url_path: { path: { contains: path } } }], principals: [{ any: true }] } },
});
const formatOf = (key: string) => `[%DYNAMIC_METADATA(envoy.filters.http.rbac:${key})%]`;
const shown = (name: string, key: string) => ({ header: { key: name, value: formatOf(key) } });
const told = filter('header_mutation.v3.HeaderMutation', {
  mutations: {
    response_mutations: KEYS.map((key, index) => ({
      append: shown(`x-${index}`, key),
    })),
  },
});

/** What of an RBAC filter's verdicts the filters see that change its own refusal. */
export const shadowToldScenes: Scene[] = ['ALLOW', 'DENY', 'LOG'].flatMap((enforced) =>
  ['ALLOW', 'DENY', 'LOG'].flatMap((shadow) => [
    {
      name: `told-${enforced}-${shadow}`,
      manager: {
        local_reply_config: {
          mappers: [
            {
              filter: {
                status_code_filter: {
                  comparison: { op: 'EQ', value: { default_value: 403, runtime_key: 'x' } },
                },
              },
              headers_to_add: KEYS.map((key, index) => shown(`x-mapped-${index}`, key)),
            },
          ],
          body_format: { text_format: KEYS.map((key) => formatOf(key)).join(' ') },
        },
      },
      routeConfig: {
        ...ROUTE_ALL,
        response_headers_to_add: KEYS.map((key, index) => shown(`x-routed-${index}`, key)),
      },
      filters: [rbac({ rules: rules(enforced, 'e'), shadow_rules: rules(shadow, 's') }), told],
    },
  ]),
);

export const shadowToldCases: Case[] = shadowToldScenes.flatMap(({ name: scene }) =>
  ['/', '/e', '/s', '/es'].map((path) => ({ name: path, scene, request: { path } })),
);
