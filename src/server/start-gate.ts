import { networkInterfaces } from 'node:os';
import { toBinary } from '@bufbuild/protobuf';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { ClusterSchema } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { ListenerSchema } from '#schema/envoy/config/listener/v3/listener_pb.js';
import { silentLogger } from '../base/index.ts';
import { SharedClock } from '../platform/index.ts';
import { compileDownstreamTls } from '../proxy/listener/index.ts';
import { type CompiledSnapshot, compileSnapshot } from '../proxy/rehearsal/index.ts';
import { Findings } from '../resources/index.ts';
import { ControlClusters } from './control-clusters.ts';
import { DiscoveringKeys } from './discovering-keys.ts';
import { type Gate, type GateOptions, GateStartError } from './gate.ts';
import { startGateAdmin } from './gate-admin.ts';
import { JwksClient } from './jwks-client.ts';
import { applyListenMoves } from './listen-move.ts';
import { WorkerHost } from './worker-host.ts';

/**
 * Starts a gate on a snapshot: this thread resolves names and fetches keys, one worker carries the traffic.
 * @throws GateStartError when the configuration cannot be run or an address cannot be had
 */
export async function startGate(options: GateOptions): Promise<Gate> {
  const { snapshot, logger = silentLogger, clock = new SharedClock() } = options;
  const findings = new Findings(options.provenance);
  const nodeAddress = ownAddress();
  const clusters = new ControlClusters(snapshot.clusters, {
    findings,
    connectTo: options.connectTo ?? [],
    extraRoots: options.trust ?? [],
    logger,
  });
  const compiled = compileSnapshot(snapshot, { findings, clock, jwks: null });
  checkTls(compiled, findings);
  if (findings.hasErrors) {
    clusters.close();
    throw new GateStartError('the configuration cannot be run', findings.list);
  }
  warnOfPlainText(compiled, (message) => logger.warn(message));
  const addresses = await clusters.resolveAll();
  const jwks = new DiscoveringKeys(new JwksClient(clusters.byName, logger, nodeAddress), clusters, logger);
  const host = new WorkerHost(
    {
      listeners: snapshot.listeners.map((one) => toBinary(ListenerSchema, one)),
      clusters: snapshot.clusters.map((one) => toBinary(ClusterSchema, one)),
      bootstrap: toBinary(BootstrapSchema, snapshot.bootstrap),
      listenAt: compiled.listeners.map((one) => applyListenMoves(options.listen ?? [], one.address)),
      connectTo: options.connectTo ?? [],
      extraRoots: options.trust ?? [],
      addresses,
      clock: clock.buffer,
      nodeAddress,
      envoyExact: options.envoyExact ?? false,
    },
    jwks,
    logger,
  );
  clusters.onChange = (update) => host.post({ type: 'addresses', update });
  try {
    const listeners = await host.start();
    const admin = options.admin === false ? null : await startGateAdmin(snapshot.bootstrap, host);
    const end = async (how: () => Promise<void>) => {
      await how();
      clusters.close();
      await admin?.close();
    };
    return {
      listeners,
      admin: admin?.at ?? null,
      stats: () => host.stats(),
      drain: () => end(() => host.drain()),
      close: () => end(() => host.close()),
    };
  } catch (error) {
    clusters.close();
    await host.close();
    throw error;
  }
}

function checkTls(compiled: CompiledSnapshot, findings: Findings): void {
  for (const chain of compiled.listeners.flatMap((listener) => listener.chains)) {
    compileDownstreamTls(chain.origin, findings);
  }
}

/** Tokens on plain text can be read by whoever is on the way. */
function warnOfPlainText(compiled: CompiledSnapshot, warn: (message: string) => void): void {
  for (const listener of compiled.listeners) {
    const exposed = listener.chains.some(
      (chain) =>
        chain.origin.transportSocket === undefined &&
        chain.manager.filters.some((filter) => filter.kind === 'jwt_authn'),
    );
    if (!exposed) continue;
    warn(
      `TOKENS TRAVEL IN PLAIN TEXT: listener \`${listener.name}\` has jwt_authn and no TLS; add a transport_socket, or keep it on loopback`,
    );
  }
}

/** This machine's first address that is not loopback: what Envoy writes down for a peer on the same machine. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return all.find((one) => !one.internal && one.family === 'IPv4')?.address ?? '127.0.0.1';
}
