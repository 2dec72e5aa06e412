import { createTokenSigner } from '../../e2e/token-signer.ts';
import { at, bytes, call, id, is, text } from '../rehearsal/cel-words.ts';
import { type Case, jwtAuthn, rbac, type Scene } from '../rehearsal/scene.ts';
import { filter, typed } from './scene-parts.ts';

const CONFIG = 'set_filter_state.v3.Config';
const entry = (object_key: string, format: string, more: object = {}) => ({
  object_key,
  factory_key: 'envoy.string',
  format_string: { text_format_source: { inline_string: format } },
  ...more,
});
const setting = (...on_request_headers: object[]) => filter(CONFIG, { on_request_headers });
const saying = (...on_request_headers: object[]) => ({ 'filter-0': typed(CONFIG, { on_request_headers }) });
const out = (name: string, format: string) => ({ header: { key: name, value: `[${format}]` } });
const KEYS = ['a', 'path', 'locked', 'empty', 'skipped', 'again', 'level', 'envoy.string', 'ü'];
const shownBy = (kind: string, suffix: string) =>
  KEYS.map((key, index) => out(`x-${kind}-${index}`, `%FILTER_STATE(${key}${suffix})%`));

const texts: Scene = {
  name: 'state-texts',
  filters: [
    setting(
      entry('a', '%REQ(x-a)%'),
      entry('path', 'at %REQ(:path)% 100%%'),
      entry('locked', 'first', { read_only: true }),
      entry('locked', 'second'),
      entry('empty', '%REQ(x-e)%', {
        format_string: { text_format_source: { inline_string: '%REQ(x-e)%' }, omit_empty_values: true },
      }),
      entry('skipped', '%REQ(x-e)%', {
        skip_if_empty: true,
        format_string: { text_format_source: { inline_string: '%REQ(x-e)%' }, omit_empty_values: true },
      }),
      entry('again', '%FILTER_STATE(path:PLAIN)%, %FILTER_STATE(none:PLAIN)%', {
        shared_with_upstream: 'TRANSITIVE',
      }),
      { object_key: 'envoy.string', format_string: { text_format_source: { inline_string: 'own' } } },
      entry('ü', 'ü'),
    ),
  ],
  routeConfig: {
    typed_per_filter_config: saying(entry('level', 'all'), entry('a', 'of all')),
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        typed_per_filter_config: saying(entry('level', '%FILTER_STATE(level:PLAIN)% host')),
        request_headers_to_add: shownBy('plain', ':PLAIN'),
        response_headers_to_add: [
          ...shownBy('typed', ''),
          out('x-short', '%FILTER_STATE(path:PLAIN):6%'),
          out('x-field', '%FILTER_STATE(path:FIELD:x)%'),
        ],
        routes: [
          {
            match: { prefix: '/own' },
            route: { cluster: 'origin' },
            typed_per_filter_config: saying(entry('level', '%FILTER_STATE(level:PLAIN)% route')),
          },
          { match: { prefix: '/' }, route: { cluster: 'origin' } },
        ],
      },
    ],
  },
};

const PRINCIPALS = {
  exact: { filter_state: { key: 'a', string_match: { exact: 'v' } } },
  prefix: { filter_state: { key: 'a', string_match: { prefix: 'v', ignore_case: true } } },
  any: { filter_state: { key: 'a', string_match: { safe_regex: { google_re2: {}, regex: '.*' } } } },
  not: { not_id: { filter_state: { key: 'a', string_match: { exact: 'v' } } } },
  missing: { filter_state: { key: 'none', string_match: { safe_regex: { google_re2: {}, regex: '.*' } } } },
  utf8: { filter_state: { key: 'ü', string_match: { exact: 'ü' } } },
  address: {
    filter_state: {
      key: 'ip',
      address_match: { ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
    },
  },
  'no-address': {
    filter_state: {
      key: 'ip',
      address_match: { ranges: [{ address_prefix: '11.0.0.0', prefix_len: 8 }], invert_match: true },
    },
  },
};
const path = (prefix: string) => ({ url_path: { path: { prefix: `/${prefix}/` } } });
const EXPRESSIONS = {
  bytes: is(at(id('filter_state'), text('a')), bytes('v')),
  text: is(at(id('filter_state'), text('a')), text('v')),
  missing: is(at(id('filter_state'), text('none')), bytes('v')),
  in: call('@in', text('a'), id('filter_state')),
  'not-in': call('@in', text('none'), id('filter_state')),
};
const decisions: Scene = {
  name: 'state-decisions',
  filters: [
    setting(
      entry('a', '%REQ(x-a)%', {
        skip_if_empty: true,
        format_string: { text_format: '%REQ(x-a)%', omit_empty_values: true },
      }),
      entry('ü', 'ü'),
      entry('ip', '10.0.0.1'),
    ),
    rbac({
      rules: {
        action: 'ALLOW',
        policies: Object.fromEntries([
          ...Object.entries(PRINCIPALS).map(([name, principal]) => [
            name,
            { permissions: [path(name)], principals: [principal] },
          ]),
          ...Object.entries(EXPRESSIONS).map(([name, condition]) => [
            `cel-${name}`,
            { permissions: [path(`cel-${name}`)], principals: [{ any: true }], condition },
          ]),
        ]),
      },
    }),
  ],
};

const INPUT = 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.FilterStateInput';
const allow = {
  action: {
    name: 'x',
    typed_config: { '@type': 'type.googleapis.com/envoy.config.rbac.v3.Action', name: 'yes' },
  },
};
const asking = (name: string, more: object): Scene => ({
  name,
  filters: [
    setting(entry('a', '%REQ(x-a)%')),
    rbac({
      matcher: {
        matcher_tree: {
          input: { name: 'x', typed_config: { '@type': INPUT, key: 'a', ...more } },
          exact_match_map: { map: { v: allow } },
        },
      },
    }),
  ],
});
const inputs = asking('state-inputs', {});
const fieldInputs = asking('state-input-fields', { field: 'x' });

const routes: Scene = {
  name: 'state-routes',
  filters: [filter(CONFIG, { on_request_headers: [entry('a', '%REQ(x-a)%')], clear_route_cache: true })],
  routeConfig: {
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: [
          {
            match: { prefix: '/', filter_state: [{ key: 'a', string_match: { exact: 'v' } }] },
            direct_response: { status: 201 },
          },
          { match: { prefix: '/' }, direct_response: { status: 202 } },
        ],
      },
    ],
  },
};

const jwt: Scene = {
  name: 'state-jwt',
  filters: [
    setting(entry('plan', '%REQ(x-a)%')),
    jwtAuthn({
      providers: { p: { issuer: 'i', local_jwks: { inline_string: createTokenSigner('RS256').jwks } } },
      rules: [{ match: { prefix: '/rule' } }],
      filter_state_rules: {
        name: 'plan',
        requires: { v: { provider_name: 'p' }, free: { allow_missing: {} } },
      },
    }),
  ],
};

export const filterStateScenes: Scene[] = [texts, decisions, inputs, fieldInputs, routes, jwt];

const row = (scene: Scene, of: string, value: string | null, more: [string, string][] = []): Case => ({
  name: `${of} with ${value ?? 'nothing'}`,
  scene: scene.name,
  request: { path: of, headers: [...(value === null ? [] : [['x-a', value] as const]), ...more] },
});
const VALUES = ['v', 'V', 'free', '', null];

export const filterStateCases: Case[] = [
  ...['/', '/own', '/own?q'].flatMap((of) => [
    row(texts, of, 'v'),
    row(texts, of, 'é "q" <b>\\', [['x-e', '1']]),
  ]),
  ...[...Object.keys(PRINCIPALS), ...Object.keys(EXPRESSIONS).map((name) => `cel-${name}`)].flatMap((name) =>
    VALUES.map((value) => row(decisions, `/${name}/`, value)),
  ),
  ...[inputs, fieldInputs, routes, jwt].flatMap((scene) => VALUES.map((value) => row(scene, '/', value))),
  row(jwt, '/rule', 'v'),
];
