import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '../../src/control/config/index.ts';
import { bootstrapOf, clusterOf, extension, listenerOf, managerOf, typed } from '../fixtures/envoy-config.ts';
import { findEnvoy, validateWithEnvoy } from './envoy-process.ts';

const HOSTS = extension('retry.host.previous_hosts.v3.PreviousHostsPredicate');
const PRIORITIES = extension('retry.priority.previous_priorities.v3.PreviousPrioritiesConfig', {
  update_frequency: 2,
});
const ROUTER = extension('filters.http.router.v3.Router');
const EMPTY = { name: 'a', typed_config: { '@type': 'type.googleapis.com/google.protobuf.Empty' } };
const STRUCT = {
  name: 'a',
  typed_config: {
    '@type': 'type.googleapis.com/xds.type.v3.TypedStruct',
    type_url: typed('retry.host.previous_hosts.v3.PreviousHostsPredicate')['@type'],
    value: {},
  },
};
const CANARIES = extension('retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate');
const METADATA = extension('retry.host.omit_host_metadata.v3.OmitHostMetadataConfig', {
  metadata_match: {},
});

const hosts = (...entries: object[]) => ({ retry_host_predicate: entries });
const priority = (entry: object) => ({ retry_priority: entry });
const options = (...entries: object[]) => ({ retry_options_predicates: entries });

const both: { name: string; policy: object; refused: boolean }[] = [
  { name: 'predicates that there are', policy: hosts(HOSTS, CANARIES, METADATA, STRUCT), refused: false },
  { name: 'a priority that there is', policy: priority(PRIORITIES), refused: false },
  {
    name: 'a predicate by its name alone',
    policy: hosts({ name: 'envoy.retry_host_predicates.previous_hosts' }),
    refused: true,
  },
  { name: 'a predicate without a type', policy: hosts({ name: 'a', typed_config: {} }), refused: true },
  { name: 'a predicate of another kind', policy: hosts(HOSTS, PRIORITIES), refused: true },
  { name: 'a predicate that is a filter', policy: hosts(ROUTER), refused: true },
  { name: 'a predicate of nothing', policy: hosts(EMPTY), refused: true },
  {
    name: 'a priority by its name alone',
    policy: priority({ name: 'envoy.retry_priorities.previous_priorities' }),
    refused: true,
  },
  { name: 'a priority without a type', policy: priority({ name: 'a', typed_config: {} }), refused: true },
  { name: 'a priority of another kind', policy: priority(HOSTS), refused: true },
];

const ofRoutes = [
  ...both,
  { name: 'options of any kind', policy: options(HOSTS), refused: true },
  { name: 'options of nothing', policy: options(EMPTY), refused: true },
  { name: 'options without a type', policy: options({ name: 'a', typed_config: {} }), refused: true },
];

function gateWith(onRoute: object, onFetch: object): string {
  const remote_jwks = { http_uri: { uri: 'http://k/', cluster: 'a', timeout: '1s' }, ...onFetch };
  const manager = managerOf({
    routes: [{ match: { prefix: '/' }, route: { cluster: 'a', ...onRoute } }],
    filters: [
      extension('filters.http.jwt_authn.v3.JwtAuthentication', {
        providers: { p: { issuer: 'i', remote_jwks } },
      }),
    ],
  });
  return bootstrapOf([listenerOf('l', [manager])], [clusterOf('a', 1)]);
}

function check(text: string, refused: boolean): void {
  const { snapshot, findings } = loadConfig([{ name: 'envoy.json', text }]);
  const errors = findings.list.filter(({ severity }) => severity === 'error');
  assert.deepEqual(
    errors.map(({ code, envoy }) => `${code} ${envoy}`),
    refused ? ['E215 refuses'] : [],
  );
  assert.equal(snapshot === null, refused);
  if (findEnvoy() === null) return;
  const { ok, output } = validateWithEnvoy(text);
  assert.equal(ok, !refused, output);
  if (refused) assert.match(output, /find a registered implementation/);
}

describe('extensions of a retry policy are refused where Envoy has none by that type', () => {
  for (const { name, policy, refused } of ofRoutes)
    it(`of a route: ${name}`, () => check(gateWith({ retry_policy: policy }, {}), refused));
  for (const { name, policy, refused } of both)
    it(`of a fetch of keys: ${name}`, () => check(gateWith({}, { retry_policy: policy }), refused));
});
