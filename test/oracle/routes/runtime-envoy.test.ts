import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bootstrapOf, clusterOf, extension, listenerOf, managerOf } from '../../fixtures/envoy-config.ts';
import { findEnvoy } from '../envoy-process.ts';
import { GateBesideEnvoy } from '../gate-beside-envoy.ts';
import { startRawOrigin } from '../origin.ts';
import { answerConnection, portOf } from '../rehearsal/comparison.ts';
import { add } from './route-parts.ts';

/** Each says all, none or nothing of a fraction, and yes, no or nothing of a flag. */
const VALUES: unknown[] = [
  100,
  0,
  0.5,
  -1,
  150,
  2_147_483_646,
  2_147_483_647,
  4_294_967_296,
  -2_147_483_648,
  -2_147_483_649,
  1e18,
  '100',
  ' 100 ',
  '1e2',
  '0x64',
  '0',
  '-1',
  '',
  'abc',
  true,
  false,
  'true',
  'false',
  'yes',
  { numerator: 100 },
  { numerator: 10_000, denominator: 'TEN_THOUSAND' },
  { numerator: 100, denominator: 'X' },
  { numerator: 100, denominator: 1 },
  { numerator: 100, other: 1 },
  { numerator: '100' },
  { numerator: -1 },
  { numerator: -2_147_483_648 },
  { numerator: -2_147_483_649 },
  { numerator: 2_147_483_647 },
  { numerator: 2_147_483_648 },
  { numerator: 4_294_967_396 },
  { numerator: 1e18 },
  { numerator: 100.5 },
  { numerator: 100, denominator: '0' },
  { numerator: 100, denominator: 'constructor' },
  { denominator: 'HUNDRED' },
  { a: { b: 100 } },
  { Numerator: 100 },
];
const NUMBERS: unknown[] = [403, '403', 403.9, 'abc', true, -1, { numerator: 403 }];
const WEIGHTS: [unknown, unknown][] = [
  [0, 1],
  ['1', 0],
  ['abc', 0],
  [-1, 0],
  [0, '7.9'],
];

const answer = { direct_response: { status: 200 } };
const valued = (list: unknown[], name: string) =>
  Object.fromEntries(list.map((value, n) => [`${name}${n}`, value]));
const runtime = {
  layers: [
    { name: 'first', static_layer: { over: { ridden: 100, lost: 100, 'in.part': 100 } } },
    {
      name: 'second',
      static_layer: {
        is: { ...valued(VALUES, 'v'), group: { a: { b: 100 } } },
        'is.n': valued(NUMBERS, ''),
        weights: Object.fromEntries(WEIGHTS.map(([a, b], n) => [String(n), { a, b }])),
        over: { ridden: 0, lost: 'abc' },
      },
    },
    { name: 'third', admin_layer: {} },
  ],
};

const fractionOf = (runtime_key: string, numerator: number) => ({
  runtime_key,
  default_value: { numerator },
});
const shares = [
  ...VALUES.map((_, n) => `is.v${n}`),
  'is.group.a.b',
  'over.ridden',
  'over.lost',
  'over.in.part',
  'nobody.says',
];
const fractions = shares.flatMap((key) =>
  [0, 100].map((numerator) => ({
    match: { path: `/${key}/${numerator}`, runtime_fraction: fractionOf(key, numerator) },
    ...answer,
  })),
);
const flagged = (n: number, default_value: boolean) =>
  extension('filters.http.ext_authz.v3.ExtAuthz', {
    http_service: { server_uri: { uri: 'a', cluster: 'origin', timeout: '1s' } },
    filter_enabled: { default_value: { numerator: 0 } },
    deny_at_disable: { runtime_key: `is.v${n}`, default_value },
  });
const mapped = (n: number) => ({
  local_reply_config: {
    mappers: [
      {
        filter: {
          status_code_filter: {
            comparison: { op: 'EQ', value: { default_value: 404, runtime_key: `is.n.${n}` } },
          },
        },
        status_code: 418,
      },
    ],
  },
});
const refusing = [{ match: { path: '/403' }, direct_response: { status: 403 } }];
const weighted = (n: number) => ({
  match: { prefix: '/' },
  route: {
    weighted_clusters: {
      runtime_key_prefix: `weights.${n}`,
      clusters: ['a', 'b'].map((name) => ({
        name,
        weight: 1,
        response_headers_to_add: [add('x-cluster', name)],
      })),
    },
  },
});

const listeners = [
  listenerOf('fractions', [managerOf({ routes: fractions })]),
  ...VALUES.flatMap((_, n) =>
    [true, false].map((by) => listenerOf(`flag-${n}-${by}`, [managerOf({ filters: [flagged(n, by)] })])),
  ),
  ...NUMBERS.map((_, n) => listenerOf(`number-${n}`, [managerOf({ routes: refusing, fields: mapped(n) })])),
  ...WEIGHTS.map((_, n) => listenerOf(`weights-${n}`, [managerOf({ routes: [weighted(n)] })])),
];

if (findEnvoy() !== null) {
  describe('what the runtime’s static layers say holds as in Envoy', () => {
    let both: GateBesideEnvoy;

    before(async () => {
      const origin = await startRawOrigin(answerConnection);
      const clusters = ['origin', 'a', 'b'].map((name) => clusterOf(name, origin.port));
      both = await GateBesideEnvoy.start(
        bootstrapOf(listeners, clusters, { layered_runtime: runtime }),
        origin,
      );
    });

    after(() => both?.close());

    const statusesOf = async (name: string, path: string) => {
      const asked = [portOf(both.envoy, name), both.portOf(name)].map(async (port) => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`);
        return [response.status, response.headers.get('x-cluster')];
      });
      return Promise.all(asked);
    };
    const table: { name: string; listener: string; paths: string[] }[] = [
      ...shares.map((key, n) => ({
        name: `a fraction by ${JSON.stringify(VALUES[n] ?? key)}`,
        listener: 'fractions',
        paths: [0, 100].map((numerator) => `/${key}/${numerator}`),
      })),
      ...VALUES.flatMap((value, n) =>
        [true, false].map((by) => ({
          name: `a flag, ${by} by default, by ${JSON.stringify(value)}`,
          listener: `flag-${n}-${by}`,
          paths: ['/'],
        })),
      ),
      ...NUMBERS.map((value, n) => ({
        name: `a number by ${JSON.stringify(value)}`,
        listener: `number-${n}`,
        paths: ['/', '/403'],
      })),
      ...WEIGHTS.map((value, n) => ({
        name: `weights by ${JSON.stringify(value)}`,
        listener: `weights-${n}`,
        paths: ['/', '/', '/', '/'],
      })),
    ];
    for (const { name, listener, paths } of table) {
      it(name, async () => {
        for (const path of paths) {
          const [theirs, ours] = await statusesOf(listener, path);
          assert.deepEqual(ours, theirs, path);
        }
      });
    }
  });
}
