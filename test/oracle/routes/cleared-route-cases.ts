import { createTokenSigner, EXPIRES_LATE } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, type Scene, type SceneRequest } from '../rehearsal/scene.ts';
import { add } from './route-parts.ts';

const signer = createTokenSigner('ES256');
const tokenOf = (iss: string, by = signer) => by.sign({ iss, sub: 'alice', exp: EXPIRES_LATE });
const good = tokenOf('i');
const forged = tokenOf('i', createTokenSigner('ES256'));

const provider = (issuer: string, header: string, more: object = {}) => ({
  issuer,
  local_jwks: { inline_string: signer.jwks },
  from_headers: [{ name: header }],
  ...more,
});
const [p, q] = [{ provider_name: 'p' }, { provider_name: 'q' }];
const requirements = {
  '/one': p,
  '/all': { requires_all: { requirements: [p, q] } },
  '/any': { requires_any: { requirements: [q, p] } },
  '/missing': { allow_missing: {} },
  '/failed': { allow_missing_or_failed: {} },
  '/failed-and': { requires_all: { requirements: [{ allow_missing_or_failed: {} }, q] } },
};

const filter = jwtAuthn({
  providers: {
    p: provider('i', 'x-p', {
      clear_route_cache: true,
      claim_to_headers: [{ header_name: 'x-sub', claim_name: 'sub' }],
    }),
    q: provider('j', 'x-q'),
  },
  rules: Object.entries(requirements).map(([path, requires]) => ({ match: { path }, requires })),
});

const routeNamed = (name: string, match: object) => ({
  match: { prefix: '/', ...match },
  route: { cluster: 'origin' },
  response_headers_to_add: [add('x-route', name)],
});
const ofAlice = { headers: [{ name: 'x-sub', string_match: { exact: 'alice' } }] };

/** A token that clears the route says by its headers which one is chosen again, for refusals too. */
export const clearedRouteScenes: readonly Scene[] = [
  {
    name: 'cleared',
    filters: [filter],
    routeConfig: {
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: [routeNamed('alice', ofAlice), routeNamed('all', {})] },
      ],
    },
  },
];

const tokens: NonNullable<SceneRequest['headers']>[] = [
  [],
  [['x-p', good]],
  [['x-p', forged]],
  [
    ['x-p', good],
    ['x-p', forged],
  ],
  [
    ['x-p', forged],
    ['x-p', good],
  ],
  [
    ['x-p', good],
    ['x-p', tokenOf('z')],
  ],
  [
    ['x-p', good],
    ['x-q', tokenOf('j')],
  ],
  [
    ['x-p', good],
    ['x-q', forged],
  ],
];
const shown: Record<string, string> = { [good]: 'good', [forged]: 'forged' };

export const clearedRouteCases: readonly Case[] = Object.keys(requirements).flatMap((path) =>
  tokens.map((headers) => ({
    name: `${path} with ${headers.map(([name, text]) => `${name} ${shown[text] ?? 'other'}`).join(', ') || 'nothing'}`,
    scene: 'cleared',
    request: { path, headers },
  })),
);
