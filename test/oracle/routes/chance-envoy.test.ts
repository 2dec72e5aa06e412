import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RawClient } from '../../e2e/raw-exchange.ts';
import { bootstrapOf, clusterOf, listenerOf, managerOf } from '../../fixtures/envoy-config.ts';
import { findEnvoy } from '../envoy-process.ts';
import { GateBesideEnvoy } from '../gate-beside-envoy.ts';
import { startRawOrigin } from '../origin.ts';
import { portOf } from '../rehearsal/comparison.ts';
import { add } from './route-parts.ts';

const half = (denominator = 'HUNDRED', numerator = 50) => ({
  runtime_fraction: { default_value: { numerator, denominator } },
});
const halves = {
  weighted_clusters: {
    clusters: ['a', 'b'].map((name) => ({
      name: 'origin',
      weight: 50,
      response_headers_to_add: [add('x-part', name)],
    })),
  },
};
const route = (name: string, match: object, action: object = halves) => ({
  match: { prefix: '/', ...match },
  route: action,
  response_headers_to_add: [add('x-route', name)],
});
const plain = { cluster: 'origin' };

/** What a request can get, whatever is drawn; each is drawn for a quarter of them at least. */
const table: { name: string; routes: object[]; want: string[] }[] = [
  {
    name: 'a route’s share and the weights of its clusters are drawn by one number',
    routes: [route('share', half()), route('rest', {})],
    want: ['rest b', 'share a'],
  },
  {
    name: 'and so are the shares of two routes',
    routes: [route('share', half(), plain), route('same', half(), plain), route('rest', {}, plain)],
    want: ['rest ', 'share '],
  },
  {
    name: 'a larger share has what the first has left of it',
    routes: [
      route('share', half('HUNDRED', 25), plain),
      route('more', half(), plain),
      route('rest', {}, plain),
    ],
    want: ['more ', 'rest ', 'share '],
  },
  {
    name: 'shares of other sizes look at other digits of it',
    routes: [route('share', half('TEN_THOUSAND', 5000)), route('rest', {})],
    want: ['rest a', 'rest b', 'share a', 'share b'],
  },
];
const nameOf = (index: number) => `chance-${index}`;

const REQUESTS = 200;

async function answersOf(port: number): Promise<string[]> {
  const client = new RawClient(port);
  const answers = new Set<string>();
  for (let n = 0; n < REQUESTS; n++) {
    client.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    const response = await client.response();
    const textOf = (name: string) => response?.headers.find(([one]) => one === name)?.[1] ?? '';
    answers.add(`${textOf('x-route')} ${textOf('x-part')}`);
  }
  client.close();
  return [...answers].sort();
}

if (findEnvoy() !== null) {
  describe('what chance says of a request is what Envoy makes of it', () => {
    let both: GateBesideEnvoy;

    before(async () => {
      const origin = await startRawOrigin(({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
      const listeners = table.map(({ routes }, index) => listenerOf(nameOf(index), [managerOf({ routes })]));
      both = await GateBesideEnvoy.start(bootstrapOf(listeners, [clusterOf('origin', origin.port)]), origin);
    });

    after(() => both?.close());

    for (const [index, { name, want }] of table.entries()) {
      it(name, async () => {
        assert.deepEqual(await answersOf(portOf(both.envoy, nameOf(index))), want, 'Envoy');
        assert.deepEqual(await answersOf(both.portOf(nameOf(index))), want, 'jotgate');
      });
    }
  });
}
