import { type AddressInfo, createServer, Socket } from 'node:net';
import { ManualClock } from '../../src/base/index.ts';
import type { AccessLog } from '../../src/proxy/access-log/access-log.ts';
import type { HttpFilter } from '../../src/proxy/filters/filter.ts';
import { DateField } from '../../src/proxy/http/date-field.ts';
import { Deadlines } from '../../src/proxy/http/deadlines.ts';
import { DEFAULT_HTTP_OPTIONS, type HttpOptions } from '../../src/proxy/http/http-options.ts';
import { HttpStats } from '../../src/proxy/http/http-stats.ts';
import { ServerConnection } from '../../src/proxy/http/server-connection.ts';
import type { LocalReplyRules } from '../../src/proxy/local-reply/compile-local-reply.ts';
import type { RouteAction, SelectedRoute } from '../../src/proxy/route/selected-route.ts';
import { Stats } from '../../src/proxy/stats.ts';
import { Cluster } from '../../src/proxy/upstream/cluster.ts';
import { ClusterStats } from '../../src/proxy/upstream/cluster-stats.ts';
import { plainTransport, type Transport } from '../../src/proxy/upstream/transport.ts';
import { forwardTo } from '../fixtures/forward-action.ts';

export interface LoopOptions {
  originPort: number;
  options?: Partial<HttpOptions>;
  filters?: readonly Partial<HttpFilter>[];
  /** null: there is no route. */
  action?: RouteAction | null;
  /** Connections to the origin never come about. */
  blackHole?: boolean;
  upstreamIdleMs?: number;
  accessLog?: AccessLog;
  localReply?: LocalReplyRules;
}

/** A data loop without a worker: real sockets, but its time moves by `tick` alone. */
export interface TestLoop {
  readonly port: number;
  readonly bugs: unknown[];
  stat(name: string): number | undefined;
  /** Moves the time on by so many milliseconds. */
  tick(ms: number): void;
  close(): Promise<void>;
}

const NOWHERE: Transport = {
  connect: () => ({ socket: new Socket(), attach: () => undefined }),
  connectHttp2: () => new Socket(),
};

export async function startTestLoop(given: LoopOptions): Promise<TestLoop> {
  const stats = new Stats();
  const deadlines = new Deadlines();
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const bugs: unknown[] = [];
  const cluster = new Cluster(
    {
      name: 'origin',
      endpoints: [{ host: '127.0.0.1', port: given.originPort, isAddress: true, hostName: '' }],
      firstAddressOnly: false,
      family: 'auto',
      loadBalancing: 'round-robin',
      transport: given.blackHole === true ? NOWHERE : plainTransport,
      http2: false,
      connectTimeoutMs: 1000,
      idleTimeoutMs: given.upstreamIdleMs ?? 0,
      refreshMs: 5000,
      stats: new ClusterStats('origin', stats, () => undefined),
    },
    deadlines,
  );
  const action = given.action ?? forwardTo('origin', { timeoutMs: 15_000 });
  const route: SelectedRoute = {
    name: '',
    virtualHost: '',
    action,
    destinationHeaders: [],
    requestHeaders: [],
    responseHeaders: [],
    perFilter: null,
    metadata: null,
    rateLimits: null,
    origin: {},
  };
  const service = {
    options: { ...DEFAULT_HTTP_OPTIONS, ...given.options },
    routes: { select: () => (given.action === null ? null : route) },
    filters: (given.filters ?? []) as readonly HttpFilter[],
    clusters: new Map([['origin', cluster]]),
    stats: new HttpStats(stats.scope('http.test.')),
    clock,
    deadlines,
    date: new DateField(clock),
    refusals: null,
    keepsCourse: given.accessLog !== undefined || given.localReply !== undefined,
    accessLog: given.accessLog ?? null,
    localReply: given.localReply ?? null,
    surroundings: {
      routes: { hostOf: () => null },
      clusters: new Map([['origin', { hostName: '', observedName: 'origin', metadata: null, endpoints: 1 }]]),
      listener: { metadata: null, direction: 0, chainName: '' },
    },
    reportBug: (error: unknown) => void bugs.push(error),
  };
  const connections = new Set<ServerConnection>();
  const keeper = { onClosed: (connection: ServerConnection) => void connections.delete(connection) };
  const server = createServer({ noDelay: true }, (socket) => {
    const info = {
      remoteAddress: '192.0.2.7',
      remotePort: 1,
      localAddress: '127.0.0.1',
      localPort: 2,
      serverName: '',
      tls: false,
    };
    connections.add(new ServerConnection(socket, info, keeper, { service } as never));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let nowMs = 0;
  return {
    port: (server.address() as AddressInfo).port,
    bugs,
    stat: (name) => stats.read().find(([one]) => one === name)?.[1],
    tick: (ms) => {
      nowMs += ms;
      deadlines.tick(nowMs);
    },
    close: () =>
      new Promise((resolve) => {
        for (const connection of connections) connection.destroy();
        cluster.close();
        server.close(() => resolve());
      }),
  };
}

/** Resolves when the condition holds; it is looked at whenever the event loop has turned. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000; turn++) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('the condition never held');
}
