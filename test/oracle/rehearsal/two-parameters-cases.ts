import { createTokenSigner, EXPIRES_LATE } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, type Scene } from './scene.ts';

const signer = createTokenSigner('ES256');
const keys = { local_jwks: { inline_string: signer.jwks } };
const [t, u] = ['https://t.test', 'https://u.test'].map((iss) =>
  signer.sign({ iss, sub: 's', exp: EXPIRES_LATE }),
) as [string, string];

const one = { provider_name: 'one' };
const two = { provider_name: 'two' };
const all = (...requirements: object[]) => ({ requires_all: { requirements } });
const orMissing = { requires_any: { requirements: [two, { allow_missing: {} }] } };

const jwt = jwtAuthn({
  providers: {
    one: { issuer: 'https://t.test', from_params: ['t'], ...keys },
    two: { issuer: 'https://u.test', from_params: ['u'], ...keys },
    each: { from_params: ['t', 'u'], ...keys },
  },
  rules: [
    { match: { path: '/both' }, requires: all(one, two) },
    { match: { path: '/lax' }, requires: all(one, orMissing) },
    { match: { path: '/each' }, requires: { provider_name: 'each' } },
  ],
});

/** Envoy writes a query decoded each time that it takes a token out of it, and looks for the next token in that. */
export const twoParametersScenes: Scene[] = [{ name: 'two-parameters', filters: [jwt] }];

const both = `t=${t}&u=${u}`;

const queries: [name: string, target: string][] = [
  ['both go', `/both?${both}&a=1`],
  ['a line feed is left', `/both?${both}&c=%0a`],
  ['a line feed comes of the second decoding', `/both?${both}&c=%250a`],
  ['one comes of the second decoding, by two parameters of a provider', `/each?${both}&c=%250a`],
  ['a DEL comes of the second decoding', `/both?${both}&c=%257f`],
  ['a line feed goes with the second parameter', `/both?${both}&u=%0a`],
  ['one that is escaped twice goes with it', `/both?${both}&u=%250a`],
  ['a line feed goes with the second, by two parameters of a provider', `/each?${both}&u=%0a`],
  ['an escaped ampersand brings another second token before it', `/both?c=1%26u=bad&${both}`],
  ['an escaped ampersand brings one where none need be', `/lax?c=1%26u=bad&t=${t}`],
  ['a name escaped twice brings one where none need be', `/lax?%2575=bad&t=${t}`],
  ['a second token is escaped twice', `/both?t=${t}&u=${u.replaceAll('.', '%252E')}`],
  ['a second token is escaped three times', `/both?t=${t}&u=${u.replaceAll('.', '%25252E')}`],
];

export const twoParametersCases: Case[] = queries.map(([name, path]) => ({
  name,
  scene: 'two-parameters',
  request: { path, headers: [] },
}));
