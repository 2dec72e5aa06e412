import { createTokenSigner } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, rbac, type Scene } from './scene.ts';

const signer = createTokenSigner('ES256');

const template = (path_template: string) => ({
  name: 'envoy.path.match.uri_template.uri_template_matcher',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig',
    path_template,
  },
});

const templates: Scene = {
  name: 'templates',
  filters: [
    jwtAuthn({
      providers: { p: { issuer: 'i', local_jwks: { inline_string: signer.jwks } } },
      rules: [
        { match: { connect_matcher: {} }, requires: { provider_name: 'p' } },
        { match: { path_match_policy: template('/bar/*/foo') }, requires: { provider_name: 'p' } },
        { match: { path_match_policy: template('/open/**') } },
        {
          match: { path_match_policy: template('/{version}/{rest=**}.json') },
          requires: { provider_name: 'p' },
        },
      ],
    }),
    rbac({
      rules: {
        action: 'DENY',
        policies: {
          p: {
            permissions: [
              { uri_template: template('/denied/{id}') },
              { uri_template: template('/*/secret') },
              { uri_template: template('/mixed/v{major}.x/{file=**}.txt') },
              { uri_template: template('/mixed/{name}-old/b') },
            ],
            principals: [{ any: true }],
          },
        },
      },
    }),
  ],
  routeConfig: {
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: [
          { match: { path_match_policy: template('/not-found/*') }, direct_response: { status: 404 } },
          { match: { prefix: '/' }, route: { cluster: 'origin' } },
        ],
      },
    ],
  },
};

const PATHS = [
  '/',
  '/bar/x/foo',
  '/bar/x/foo?q',
  '/bar/x/y/foo',
  '/bar//foo',
  '/bar/*/foo',
  '/open/a.json',
  '/open/',
  '/open',
  '/v1/a.json',
  '/v1/a/b.json',
  '/v1/.json',
  '/v1.json',
  '/denied/1',
  '/denied/1/2',
  '/denied/',
  '/a/secret',
  '/a%2Fb/secret',
  '/a/b/secret',
  '/mixed/v1.x/a/b.txt',
  '/mixed/v1.x/.txt',
  '/mixed/v.x/a.txt',
  '/mixed/v1.y/a.txt',
  '/mixed/x-old/b',
  '/mixed/-old/b',
  '/mixed/x-old-old/b',
  '/mixed/x-old/b/c',
  '/not-found/x',
  '/not-found/x/',
];

export const templateScenes: readonly Scene[] = [templates];
export const templateCases: readonly Case[] = PATHS.map((path) => ({
  name: path,
  scene: templates.name,
  request: { path },
}));
