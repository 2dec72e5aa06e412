import { create, createRegistry, fromJsonString } from '@bufbuild/protobuf';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { ListenerSchema } from '#schema/envoy/config/listener/v3/listener_pb.js';
import { JwtAuthenticationSchema } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { RBACSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import { RouterSchema } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import { HttpConnectionManagerSchema } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { ManualClock } from '../../src/base/index.ts';
import { filtersFor, runFilters } from '../../src/proxy/filters/run-filters.ts';
import {
  buildRequestHead,
  type CompiledConnectionManager,
  compileSnapshot,
} from '../../src/proxy/rehearsal/index.ts';
import { RehearsedStream } from '../../src/proxy/rehearsal/rehearsed-stream.ts';
import { NO_CIRCUMSTANCES } from '../../src/proxy/route/circumstances.ts';
import { Findings } from '../../src/resources/index.ts';
import { listenerOfScenario, type ScaleScenario } from './scenarios.ts';

const registry = createRegistry(
  HttpConnectionManagerSchema,
  JwtAuthenticationSchema,
  RBACSchema,
  RouterSchema,
);
const clock = new ManualClock(Date.now());
const connection = {
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 80,
  serverName: '',
  tls: false,
};

/** A scenario's configuration with so many of its things, as the data path runs it. */
export function compileScenario(scenario: ScaleScenario, count: number): CompiledConnectionManager {
  const snapshot = {
    listeners: [
      fromJsonString(ListenerSchema, JSON.stringify(listenerOfScenario(scenario, count)), { registry }),
    ],
    clusters: [],
    bootstrap: create(BootstrapSchema),
  };
  const findings = new Findings();
  const compiled = compileSnapshot(snapshot, { findings, clock, jwks: null });
  const manager = compiled.listeners[0]?.chains[0]?.manager;
  if (manager === undefined) throw new Error(findings.list.map(({ message }) => message).join('\n'));
  return manager;
}

/**
 * CPU of one request, in µs: route, filters, decision; no sockets.
 * @throws when a request is refused, for then something else was measured
 */
export function measure(
  manager: CompiledConnectionManager,
  scenario: ScaleScenario,
  count: number,
  requests: number,
): number {
  const words = Array.from({ length: 512 }, (_, n) => scenario.request(count, n));
  const { chance } = NO_CIRCUMSTANCES;
  const asked = {
    connection,
    clock,
    recorder: null,
    chance,
    bodyBytesMax: 0,
    maxStreamDurationMs: 0,
    tracing: null,
  };
  const parts = { ...manager, ...asked };
  const start = process.cpuUsage();
  for (let n = 0; n < requests; n++) {
    const { path, headers, authority = 'h' } = words[n % words.length] as (typeof words)[number];
    const request = buildRequestHead({ method: 'GET', scheme: 'http', authority, path, headers });
    const stream = new RehearsedStream(request, parts);
    const reply = runFilters(filtersFor(manager.filters, stream), stream);
    if (reply !== undefined || stream.route === null)
      throw new Error(`${scenario.name}: a request did not pass at once`);
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / requests;
}
