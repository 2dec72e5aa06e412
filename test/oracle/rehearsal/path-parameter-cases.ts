import { createTokenSigner } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, rbac, type Scene } from './scene.ts';

/** `ignore_path_parameters_in_path_matching` of a route configuration: which filters look at paths as its routes do. */
const PATHS =
  '/b;p /x/b /x;q/b /x/b;q /x;a/b;q /x;/b /;/x/b /x/b;?q /x/b?a;b /x/;b /x/b;/c /%3b/x /x/b%3bq'.split(' ');

const everyone = [{ any: true }];
const deny = (permission: object, principals: object[] = everyone) =>
  rbac({ rules: { action: 'DENY', policies: { p: { permissions: [permission], principals } } } });

const exact = { url_path: { path: { exact: '/x/b' } } };
const template = {
  uri_template: {
    name: 'envoy.path.match.uri_template.uri_template_matcher',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig',
      path_template: '/x/*',
    },
  },
};
const header = { header: { name: ':path', string_match: { exact: '/x/b' } } };
const keys = { local_jwks: { inline_string: createTokenSigner('ES256').jwks } };

const FILTERS: Record<string, Scene['filters'][number]> = {
  path: deny(exact),
  template: deny(template),
  header: deny(header),
  principal: deny({ any: true }, [{ url_path: { path: { prefix: '/x/b' } } }]),
  allow: rbac({
    rules: {
      action: 'ALLOW',
      policies: { p: { permissions: [exact, { not_rule: template }], principals: everyone } },
    },
  }),
  token: jwtAuthn({
    providers: { p: keys },
    rules: [{ match: { path: '/x/b' }, requires: { provider_name: 'p' } }],
  }),
};

const toOrigin = [{ match: { prefix: '/' }, route: { cluster: 'origin' } }];
const HOSTS: Record<string, object> = {
  route: { domains: ['*'], routes: toOrigin },
  'tls redirect': { domains: ['*'], routes: toOrigin, require_tls: 'ALL' },
  'no host': { domains: ['other.test'], routes: toOrigin },
  'no route': { domains: ['*'], routes: [{ match: { path: '/b' }, route: { cluster: 'origin' } }] },
};

const sceneOf = (name: string, filter: Scene['filters'][number] | undefined, host: object): Scene => ({
  name: `path parameters, ${name}`,
  filters: filter === undefined ? [] : [filter],
  routeConfig: {
    ignore_path_parameters_in_path_matching: true,
    virtual_hosts: [{ name: 'v', ...host }],
  },
});

export const pathParameterScenes: readonly Scene[] = [
  ...Object.entries(FILTERS).map(([name, filter]) => sceneOf(name, filter, HOSTS['route'] as object)),
  ...Object.entries(HOSTS).map(([name, host]) => sceneOf(name, FILTERS['path'], host)),
];

export const pathParameterCases: readonly Case[] = pathParameterScenes.flatMap(({ name }) =>
  PATHS.map((path) => ({ name: path, scene: name, request: { path } })),
);
