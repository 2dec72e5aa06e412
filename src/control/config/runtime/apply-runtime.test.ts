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
    { name: 'say what is no number', layers: [{ k: { f: true } }], want: [[1, 1], 5, 0] },
    { name: 'of which the last holds', layers: [{ k: { f: 7 } }, { 'k.f': 8 }], want: [[1, 1], 8, 0] },
    { name: 'also where it says nothing', layers: [{ k: { f: 7 } }, { 'k.f': 'x' }], want: [[1, 1], 5, 0] },
    { name: 'say the weights of clusters', layers: [{ w: { a: 3, b: '4' } }], want: [[3, 4], 5, 0] },
  ];
  for (const { name, layers, want } of table) {
    it(name, () => assert.deepEqual(shareIn(loaded(...layers)), want));
  }

  it('are told of keys that nobody asks for', () => {
    const { messages } = loaded({ k: { f: 1, g: 2 }, re2: { max_program_size: { error_level: 200 } } });
    assert.deepEqual(messages, ['W301 `k.g` of the runtime has no effect in jotgate']);
  });
});
