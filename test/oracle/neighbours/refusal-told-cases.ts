import { type Case, ROUTE_ALL, rbac, type Scene } from '../rehearsal/scene.ts';
import { filter } from './scene-parts.ts';

const KEYS = [
  'shadow_engine_result',
  'shadow_effective_policy_id',
  'enforced_engine_result',
  'enforced_effective_policy_id',
];
/** What a filter tells of its refusal only once the reply is put together. */
const FORMATS = [
  ...KEYS.map((key) => `[%DYNAMIC_METADATA(envoy.filters.http.rbac:${key})%]`),
  '[%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%]',
];
const linesOf = (prefix: string) =>
  FORMATS.map((value, index) => ({ header: { key: `${prefix}-${index}`, value } }));

const everywhere = (name: string, refusing: Scene['filters'][number]): Scene => ({
  name,
  manager: {
    local_reply_config: {
      mappers: [
        {
          filter: {
            status_code_filter: { comparison: { op: 'GE', value: { default_value: 400, runtime_key: 'x' } } },
          },
          headers_to_add: linesOf('x-mapped'),
        },
      ],
      body_format: { text_format: FORMATS.join(' ') },
    },
  },
  routeConfig: { ...ROUTE_ALL, response_headers_to_add: linesOf('x-routed') },
  filters: [
    refusing,
    filter('header_mutation.v3.HeaderMutation', {
      mutations: { response_mutations: linesOf('x-filtered').map((append) => ({ append })) },
    }),
  ],
});

const rules = (action: string, path: string) => ({
  action,
  policies: { p: { permissions: [{ url_path: { path: { contains: path } } }], principals: [{ any: true }] } },
});
const ACTIONS = ['ALLOW', 'DENY', 'LOG'];
const byRules = ACTIONS.flatMap((enforced) =>
  ACTIONS.map((shadow) =>
    everywhere(
      `told-${enforced}-${shadow}`,
      rbac({ rules: rules(enforced, 'e'), shadow_rules: rules(shadow, 's') }),
    ),
  ),
);
const always = { default_value: { numerator: 100 } };
const byLimit = everywhere(
  'told-limit',
  filter('local_ratelimit.v3.LocalRateLimit', {
    stat_prefix: 'told',
    token_bucket: { max_tokens: 1, fill_interval: '600s' },
    filter_enabled: always,
    filter_enforced: always,
  }),
);

/** Who sees what a filter tells of its own refusal: other filters on the way out, local reply rules, the route's header changes. */
export const refusalToldScenes: Scene[] = [...byRules, byLimit];

const asking = ({ name: scene }: Scene, path: string): Case => ({ name: path, scene, request: { path } });
export const refusalToldCases: Case[] = [
  ...byRules.flatMap((scene) => ['/', '/e', '/s', '/es'].map((path) => asking(scene, path))),
  ...['/first', '/second'].map((path) => asking(byLimit, path)),
];
