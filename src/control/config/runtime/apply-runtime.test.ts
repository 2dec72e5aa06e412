import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootstrapOf, clusterOf, listenerOf, managerOf } from '../../../../test/fixtures/envoy-config.ts';
import { walkMessages } from '../../../resources/index.ts';
import { loadConfig } from '../load-config.ts';

const weighted = {
  weighted_clusters: {
    runtime_key_prefix: 'w',
    clusters: ['a', 'b'].map((name) => ({ name, weight: 1 })),
  },
};
const routes = [
  {
    match: { prefix: '/', runtime_fraction: { runtime_key: 'k.f', default_value: { numerator: 5 } } },
    route: weighted,
  },
];

function loaded(...layers: object[]) {
  const layered_runtime = {
    layers: layers.map((layer, n) => ({ name: `l${n}`, static_layer: layer })),
  };
  const text = bootstrapOf(
    [listenerOf('l', [managerOf({ routes })])],
    [clusterOf('a', 1), clusterOf('b', 2)],
    { layered_runtime },
  );
  const { snapshot, findings } = loadConfig([{ name: 'a.json', text }]);
  return {
    snapshot,
    messages: findings.list.map(({ code, message }) => `${code} ${message}`),
  };
}

/** The first route's weights and fraction. */
function shareIn({ snapshot }: ReturnType<typeof loaded>) {
  assert.ok(snapshot);
  const found: unknown[] = [];
  walkMessages(snapshot.listeners, (message) => {
    const { $typeName, defaultValue, clusters } = message as Shared;
    if ($typeName === 'envoy.config.core.v3.RuntimeFractionalPercent')
      found.push(defaultValue.numerator, defaultValue.denominator);
    if ($typeName === 'envoy.config.route.v3.WeightedCluster')
      found.push(clusters.map(({ weight }) => weight));
  });
  return found;
}

interface Shared {
  $typeName: string;
  defaultValue: { numerator: number; denominator: number };
  clusters: { weight: number }[];
}

/** What the values mean is asked of Envoy 1.40 in oracle/routes/runtime-envoy. */
describe('the static layers of the runtime', () => {
  const table: { name: string; layers: object[]; want: unknown[] }[] = [
    { name: 'say nothing of other keys', layers: [{ k: { g: 7 } }], want: [[1, 1], 5, 0] },
    { name: 'say a number of hundred', layers: [{ k: { f: 30.7 } }], want: [[1, 1], 30, 0] },
    { name: 'say a number in a text', layers: [{ 'k.f': ' 30 ' }], want: [[1, 1], 30, 0] },
    {
      name: 'say a fraction',
      layers: [{ k: { f: { numerator: 7, denominator: 'MILLION' } } }],
      want: [[1, 1], 7, 2],
    },
    ...[
      { numerator: 2 ** 31 - 1, want: 2 ** 31 - 1 },
      { numerator: -5, want: 2 ** 32 - 5 },
      { numerator: 2 ** 31, want: 0 },
      { numerator: 1e10, want: 0 },
      { numerator: 99.9, want: 0 },
    ].map(({ numerator, want }) => ({
      name: `say a fraction of ${numerator}`,
      layers: [{ k: { f: { numerator } } }],
      want: [[1, 1], want, 0],
    })),
    ...['0', 'constructor', 'hundred'].map((denominator) => ({
      name: `say a fraction of no size: ${denominator}`,
      layers: [{ k: { f: { numerator: 7, denominator } } }],
      want: [[1, 1], 5, 0],
    })),
    { name: 'say what is no number', layers: [{ k: { f: true } }], want: [[1, 1], 5, 0] },
    { name: 'of which the last holds', layers: [{ k: { f: 7 } }, { 'k.f': 8 }], want: [[1, 1], 8, 0] },
    { name: 'also where it says nothing', layers: [{ k: { f: 7 } }, { 'k.f': 'x' }], want: [[1, 1], 5, 0] },
    { name: 'say the weights of clusters', layers: [{ w: { a: 3, b: '4' } }], want: [[3, 4], 5, 0] },
  ];
  for (const { name, layers, want } of table) {
    it(name, () => assert.deepEqual(shareIn(loaded(...layers)), want));
  }

  const features = (values: object) => ({ envoy: { reloadable_features: values } });
  const manager = (values: object) => ({ http_connection_manager: values });
  const deciding: { name: string; layer: object; refused: string | null }[] = [
    {
      name: 'a switch of Envoy’s that is off',
      layer: { 'envoy.reloadable_features.rbac_match_headers_individually': false },
      refused: 'envoy.reloadable_features.rbac_match_headers_individually',
    },
    {
      name: 'the switch in the truth table of jwt_authn (Envoy: all_verifier_test)',
      layer: features({ jwt_authn_add_verification_status_header: false }),
      refused: 'envoy.reloadable_features.jwt_authn_add_verification_status_header',
    },
    {
      name: 'one that is off by a text',
      layer: features({ strip_dotdot_segments_with_parameters: '0' }),
      refused: 'envoy.reloadable_features.strip_dotdot_segments_with_parameters',
    },
    {
      name: 'a bound',
      layer: features({ max_request_headers_count: 5 }),
      refused: 'envoy.reloadable_features.max_request_headers_count',
    },
    {
      name: 'paths that are normalised',
      layer: manager({ normalize_path: 100 }),
      refused: 'http_connection_manager.normalize_path',
    },
    {
      name: 'a share of them',
      layer: manager({ normalize_path: { numerator: 5 } }),
      refused: 'http_connection_manager.normalize_path',
    },
    {
      name: 'escaped slashes that are refused',
      layer: manager({ path_with_escaped_slashes_action: 2 }),
      refused: 'http_connection_manager.path_with_escaped_slashes_action',
    },
    {
      name: 'a switch of Envoy’s that is on, by which rate limits read formats',
      layer: features({ enable_formatter_for_ratelimit_action_descriptor_value: true }),
      refused: 'envoy.reloadable_features.enable_formatter_for_ratelimit_action_descriptor_value',
    },
    {
      name: 'a cluster that takes no request',
      layer: { circuit_breakers: { 'a.b': { default: { max_requests: 0 } } } },
      refused: 'circuit_breakers.a.b.default.max_requests',
    },
    {
      name: 'one that has none wait, by a text',
      layer: { 'circuit_breakers.a.high.max_pending_requests': '0' },
      refused: 'circuit_breakers.a.high.max_pending_requests',
    },
    {
      name: 'a cluster that takes one request at a time',
      layer: { circuit_breakers: { a: { default: { max_requests: 1, max_connections: 0 } } } },
      refused: null,
    },
    {
      name: 'a listener that takes no connection',
      layer: { 'envoy.resource_limits.listener.a.b.connection_limit': 0.5 },
      refused: 'envoy.resource_limits.listener.a.b.connection_limit',
    },
    {
      name: 'a process that takes none, by a text',
      layer: { overload: { global_downstream_max_connections: '0' } },
      refused: 'overload.global_downstream_max_connections',
    },
    {
      name: 'a listener that takes one connection at a time, or as many as come',
      layer: {
        'envoy.resource_limits.listener': { a: { connection_limit: 1 }, b: { connection_limit: -1 } },
      },
      refused: null,
    },
    { name: 'a switch that is on', layer: features({ match_headers_individually: true }), refused: null },
    { name: 'one that has no say', layer: features({ http2_use_oghttp2: false }), refused: null },
    { name: 'paths that stay as they are', layer: manager({ normalize_path: 0 }), refused: null },
  ];
  for (const [kind, layer] of [
    ['disk_layer', { symlink_root: '/a' }],
    ['rtds_layer', { name: 'r', rtds_config: { ads: {} } }],
  ] as const) {
    it(`are refused where they come by a ${kind}`, () => {
      const text = bootstrapOf(
        [listenerOf('l', [managerOf({ routes })])],
        [clusterOf('a', 1), clusterOf('b', 2)],
        {
          layered_runtime: { layers: [{ name: 'd', [kind]: layer }] },
        },
      );
      const { snapshot, findings } = loadConfig([{ name: 'a.json', text }]);
      assert.equal(snapshot, null);
      assert.ok(findings.list.some(({ code, message }) => code === 'E301' && message.includes(kind)));
    });
  }

  for (const { name, layer, refused } of deciding) {
    it(`are ${refused === null ? 'taken' : 'refused'} with ${name}`, () => {
      const errors = loaded(layer).messages.filter((message) => message.startsWith('E301'));
      const want = `E301 \`${refused}\` of the runtime has Envoy decide otherwise: jotgate has its default alone`;
      assert.deepEqual(errors, refused === null ? [] : [want]);
    });
  }

  it('are told of keys that nobody asks for', () => {
    const { messages } = loaded({ k: { f: 1, g: 2 }, re2: { max_program_size: { error_level: 200 } } });
    assert.deepEqual(messages, ['W301 `k.g` of the runtime has no effect in jotgate']);
  });
});
