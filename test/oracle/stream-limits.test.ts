import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Gate } from '../../src/server/index.ts';
import { exchange } from '../e2e/raw-exchange.ts';
import { bootstrapOf, clusterOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from './envoy-process.ts';
import { type Origin, startOrigin } from './origin.ts';

const AUTHORIZER = extension('filters.http.ext_authz.v3.ExtAuthz', {
  http_service: { server_uri: { uri: 'http://a', cluster: 'authorizer', timeout: '20s' } },
  with_request_body: { max_request_bytes: 100 },
});
const to = (prefix: string, limits: object) => ({
  match: { prefix },
  route: { cluster: 'origin', ...limits },
});
const lasting = (limits: object) => ({ max_stream_duration: limits });
const routes = [
  to('/300/', lasting({ max_stream_duration: '0.3s' })),
  to('/0/', lasting({ max_stream_duration: '0s' })),
  to('/tiny/', lasting({ max_stream_duration: '0.0005s' })),
  to('/empty/', lasting({})),
  to('/asked/', lasting({ max_stream_duration: '0s', grpc_timeout_header_max: '0s' })),
  to('/capped/', lasting({ grpc_timeout_header_max: '0.3s' })),
  to('/less/', lasting({ grpc_timeout_header_max: '0s', grpc_timeout_header_offset: '1s' })),
  to('/idle300/', { idle_timeout: '0.3s' }),
  to('/idle0/', { idle_timeout: '0s' }),
  to('/first/', { idle_timeout: '10s', ...lasting({ max_stream_duration: '0.3s' }) }),
  { match: { prefix: '/direct/' }, direct_response: { status: 200 } },
  to('/', {}),
];
const managers: Readonly<Record<string, object>> = {
  none: {},
  lasting: { common_http_protocol_options: { max_stream_duration: '0.5s' } },
  silent: { stream_idle_timeout: '0.5s' },
  timed: { request_timeout: '0.5s' },
};

type Ends = 'duration' | 'silence' | 'time' | 'let in';
interface Row {
  manager: keyof typeof managers;
  path: string;
  fields?: string[];
  body?: string;
  want: Ends;
}
const GRPC = 'content-type: application/grpc';
const asked = (path: string, timeout: string, want: Ends): Row => ({
  manager: 'none',
  path,
  fields: [`grpc-timeout: ${timeout}`],
  want,
});
const of =
  (manager: string) =>
  ([path, want]: [path: string, want: Ends]): Row => ({ manager, path, want });

const rows: Row[] = [
  ...(
    [
      ['/300/', 'duration'],
      ['/0/', 'let in'],
      ['/tiny/', 'let in'],
      ['/empty/', 'let in'],
      ['/asked/', 'let in'],
      ['/idle300/', 'silence'],
      ['/idle0/', 'let in'],
      ['/first/', 'duration'],
      ['/', 'let in'],
    ] as [string, Ends][]
  ).map(of('none')),
  ...(
    [
      ['/300/', 'duration'],
      ['/0/', 'let in'],
      ['/tiny/', 'let in'],
      ['/empty/', 'duration'],
      ['/idle300/', 'silence'],
      ['/idle0/', 'duration'],
      ['/direct/', 'duration'],
      ['/', 'duration'],
    ] as [string, Ends][]
  ).map(of('lasting')),
  ...(
    [
      ['/300/', 'duration'],
      ['/0/', 'silence'],
      ['/idle300/', 'silence'],
      ['/idle0/', 'let in'],
      ['/direct/', 'silence'],
      ['/', 'silence'],
    ] as [string, Ends][]
  ).map(of('silent')),
  { manager: 'timed', path: '/', want: 'time' },
  { manager: 'timed', path: '/', body: 'whole', want: 'let in' },
  asked('/asked/', '300m', 'duration'),
  asked('/asked/', '0m', 'duration'),
  asked('/asked/', '100000000m', 'let in'),
  asked('/asked/', '300x', 'let in'),
  asked('/capped/', '1H', 'duration'),
  asked('/less/', '1200m', 'duration'),
  asked('/0/', '300m', 'let in'),
  { manager: 'none', path: '/300/', fields: [GRPC], want: 'duration' },
  { manager: 'none', path: '/idle300/', fields: [GRPC], want: 'silence' },
  { manager: 'none', path: '/asked/', fields: [GRPC, 'grpc-timeout: 1H'], want: 'let in' },
  { manager: 'none', path: '/capped/', fields: [GRPC, 'grpc-timeout: 100000000m'], want: 'let in' },
];

const told = {
  duration: 'downstream duration timeout',
  silence: 'stream timeout',
  time: 'request timeout',
  'let in': 'origin\n',
};

if (findEnvoy() !== null) {
  describe('a request that waits for an authorizer ends by the limits of its stream as in Envoy', () => {
    let held: (() => void)[] | null = [];
    let origin: Origin;
    let authorizer: Origin;
    let envoy: EnvoyProcess;
    let gate: Gate;

    before(async () => {
      origin = await startOrigin();
      authorizer = await startOrigin((_request, response) => {
        if (held === null) response.end();
        else held.push(() => response.end());
      });
      const listeners = Object.entries(managers).map(([name, fields]) =>
        listenerOf(name, [managerOf({ routes, filters: [AUTHORIZER], fields })]),
      );
      const clusters = [clusterOf('origin', origin.port), clusterOf('authorizer', authorizer.port)];
      const bootstrap = bootstrapOf(listeners, clusters);
      envoy = await startEnvoy(bootstrap);
      gate = await startGateOf(bootstrap);
    });

    after(async () => {
      await gate?.close();
      await envoy?.stop();
      await Promise.all([origin?.close(), authorizer?.close()]);
    });

    const ask = async ({ listeners }: Pick<EnvoyProcess, 'listeners'>, manager: string, sent: string) => {
      const port = listeners.find(({ name }) => name === manager)?.port ?? 0;
      const { status, body = '', headers = [] } = (await exchange(port, sent)) ?? {};
      const words = headers.filter(([name]) => name.startsWith('grpc-') || name === 'connection');
      return { status, body, words };
    };
    const askBoth = (manager: string, sent: string) =>
      Promise.all([ask(envoy, manager, sent), ask(gate, manager, sent)]);

    it('also while its head comes', async () => {
      const limited = Object.keys(managers).filter((manager) => manager !== 'none');
      const heads = ['GET /a', 'HEAD /a HTTP/1.1\r\nhost: a\r\n', `GET / HTTP/1.1\r\nhost: a\r\n${GRPC}\r\n`];
      const asked = limited.flatMap((manager) => heads.map((head) => ({ manager, head })));
      const replies = asked.map(({ manager, head }) => askBoth(manager, head));
      for (const [n, reply] of replies.entries()) {
        const [ofEnvoy, ofGate] = await reply;
        assert.equal(ofEnvoy.status, 408);
        assert.deepEqual(ofGate, ofEnvoy, JSON.stringify(asked[n]));
      }
    });

    it('and else goes on when the authorizer answers', async () => {
      const play = ({ manager, path, fields = [], body = '' }: Row) => {
        const length = body === '' ? [] : [`content-length: ${body.length}`];
        const lines = [`${body === '' ? 'GET' : 'POST'} ${path} HTTP/1.1`, 'host: a', ...fields, ...length];
        return askBoth(manager, `${lines.join('\r\n')}\r\n\r\n${body}`);
      };
      const letIn = rows.filter(({ want }) => want === 'let in').map((row) => ({ row, replies: play(row) }));
      const ended = rows.filter(({ want }) => want !== 'let in').map((row) => ({ row, replies: play(row) }));
      await Promise.all(ended.map(({ replies }) => replies));
      for (const release of held ?? []) release();
      held = null;
      for (const { row, replies } of [...ended, ...letIn]) {
        const [ofEnvoy, ofGate] = await replies;
        const name = JSON.stringify(row);
        const words = ofEnvoy.body || ofEnvoy.words.find(([field]) => field === 'grpc-message')?.[1];
        assert.equal(words, told[row.want], name);
        assert.deepEqual(ofGate, ofEnvoy, name);
      }
    });

    it('and a gRPC origin is told the same of its time', () => {
      const times = origin.requests
        .filter(({ headers }) => headers['content-type'] === 'application/grpc')
        .map(({ url, headers }) => `${url} ${headers['grpc-timeout']}`);
      assert.deepEqual(times.sort(), [
        '/asked/ 3600000m',
        '/asked/ 3600000m',
        '/capped/ 100000000m',
        '/capped/ 100000000m',
      ]);
    });
  });
}
