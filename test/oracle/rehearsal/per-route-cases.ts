import { createTokenSigner, EXPIRES_LATE } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, rbac, type Scene } from './scene.ts';

const signer = createTokenSigner('RS256');
const good = signer.sign({ iss: 'i', sub: 's', exp: EXPIRES_LATE });
const wrongAudience = signer.sign({ iss: 'i', aud: 'other', exp: EXPIRES_LATE });

const TYPE = 'type.googleapis.com/envoy.extensions.filters.http';
const ROUTE = 'type.googleapis.com/envoy.config.route.v3';
const jwt = (config: object) => ({ '@type': `${TYPE}.jwt_authn.v3.PerRouteConfig`, ...config });
const access = (config: object) => ({ '@type': `${TYPE}.rbac.v3.RBACPerRoute`, ...config });
const wrapped = (config: object) => ({ '@type': `${ROUTE}.FilterConfig`, ...config });

const everyone = [{ any: true }];
const onHeader = (name: string) => ({
  rules: { action: 'DENY', policies: { p: { permissions: [{ header: { name } }], principals: everyone } } },
});

/** Each under its own path, on the route: what it says to the filters. */
const ROUTES: Record<string, object> = {
  nothing: {},
  off: { 'filter-0': jwt({ disabled: true }) },
  named: { 'filter-0': jwt({ requirement_name: 'audience' }) },
  empty: { 'filter-0': jwt({ requirement_name: 'nothing' }) },
  unknown: { 'filter-0': jwt({ requirement_name: 'no such' }) },
  'by-another-name': { 'envoy.filters.http.jwt_authn': jwt({ disabled: true }) },
  'not-run': { 'filter-0': wrapped({ disabled: true }) },
  wrapped: { 'filter-0': wrapped({ config: jwt({ disabled: true }) }) },
  'wrapped-empty': { 'filter-0': wrapped({ config: {} }) },
  'others-type': { 'filter-0': access({}) },
  'rbac-off': { 'filter-0': jwt({ disabled: true }), 'filter-1': access({}) },
  'rbac-own-type': { 'filter-0': jwt({ disabled: true }), 'filter-1': { '@type': `${TYPE}.rbac.v3.RBAC` } },
  'rbac-own': { 'filter-0': jwt({ disabled: true }), 'filter-1': access({ rbac: onHeader('x-route') }) },
  'rbac-not-run': { 'filter-0': jwt({ disabled: true }), 'filter-1': wrapped({ disabled: true }) },
  'on-by-config': { 'filter-0': jwt({ disabled: true }), 'filter-2': access({ rbac: onHeader('x-late') }) },
  'on-by-wrapper': { 'filter-0': jwt({ disabled: true }), 'filter-2': wrapped({ config: {} }) },
};

const routes = Object.entries(ROUTES).map(([path, typed_per_filter_config]) => ({
  match: { path: `/${path}` },
  route: { cluster: 'origin' },
  typed_per_filter_config,
}));

const cluster = { route: { cluster: 'origin' } };

const routeConfig = {
  typed_per_filter_config: { 'filter-1': access({ rbac: onHeader('x-table') }) },
  virtual_hosts: [
    { name: 'routes', domains: ['routes.test'], routes },
    {
      name: 'host',
      domains: ['host.test'],
      typed_per_filter_config: {
        'filter-0': jwt({ disabled: true }),
        'filter-1': access({ rbac: onHeader('x-host') }),
      },
      routes: [
        { match: { path: '/nothing' }, ...cluster },
        {
          match: { path: '/narrower' },
          ...cluster,
          typed_per_filter_config: { 'filter-0': jwt({ requirement_name: 'audience' }) },
        },
        {
          match: { path: '/not-run' },
          ...cluster,
          typed_per_filter_config: { 'filter-1': wrapped({ disabled: true }) },
        },
        {
          match: { path: '/split' },
          route: {
            weighted_clusters: {
              clusters: [
                {
                  name: 'origin',
                  weight: 1,
                  typed_per_filter_config: { 'filter-1': access({ rbac: onHeader('x-split') }) },
                },
              ],
            },
          },
        },
      ],
    },
    {
      name: 'off',
      domains: ['off.test'],
      typed_per_filter_config: { 'filter-0': wrapped({ disabled: true }) },
      routes: [
        { match: { path: '/nothing' }, ...cluster },
        {
          match: { path: '/on' },
          ...cluster,
          typed_per_filter_config: { 'filter-0': jwt({ requirement_name: 'audience' }) },
        },
      ],
    },
  ],
};

const perRoute: Scene = {
  name: 'per-route',
  filters: [
    jwtAuthn({
      providers: {
        p: {
          issuer: 'i',
          audiences: [],
          forward_payload_header: 'x-payload',
          local_jwks: { inline_string: signer.jwks },
        },
      },
      rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
      requirement_map: {
        nothing: {},
        audience: { provider_and_audiences: { provider_name: 'p', audiences: ['wanted'] } },
      },
      filter_state_rules: { name: 'state', requires: { x: { provider_name: 'p' } } },
    }),
    rbac(onHeader('x-filter')),
    { ...rbac(onHeader('x-default')), offByDefault: true },
  ],
  routeConfig,
};

const HEADERS = ['x-filter', 'x-table', 'x-host', 'x-route', 'x-split', 'x-default', 'x-late'];
const bearer = (token: string) => ['authorization', `Bearer ${token}`] as const;

const SENT: Record<string, readonly (readonly [string, string])[]> = {
  'no token': [],
  'a forged payload': [['x-payload', 'forged']],
  'a good token': [bearer(good)],
  'a token for others': [bearer(wrongAudience)],
  ...Object.fromEntries(HEADERS.map((name) => [name, [[name, '1'] as const, bearer(good)]])),
};

const PLACES = [
  ...Object.keys(ROUTES).map((path) => ({ host: 'routes.test', path: `/${path}` })),
  ...['nothing', 'narrower', 'not-run', 'split'].map((path) => ({ host: 'host.test', path: `/${path}` })),
  ...['nothing', 'on'].map((path) => ({ host: 'off.test', path: `/${path}` })),
  { host: 'nowhere.test', path: '/' },
];

export const perRouteScenes: readonly Scene[] = [perRoute];
export const perRouteCases: readonly Case[] = PLACES.flatMap(({ host, path }) =>
  Object.entries(SENT).map(([name, headers]) => ({
    name: `${host}${path}, ${name}`,
    scene: perRoute.name,
    request: { host, path, headers },
  })),
);
