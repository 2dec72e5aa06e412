import { toBinary } from '@bufbuild/protobuf';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { ClusterSchema } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { ListenerSchema } from '#schema/envoy/config/listener/v3/listener_pb.js';
import type { Clock } from '../base/index.ts';
import { compileDownstreamTls } from '../proxy/listener/index.ts';
import { type CompiledSnapshot, compileSnapshot } from '../proxy/rehearsal/index.ts';
import type { Findings, Snapshot } from '../resources/index.ts';

/** Compiles what the worker will compile, for what there is to say of it. */
export function compileForGate(snapshot: Snapshot, findings: Findings, clock: Clock): CompiledSnapshot {
  const compiled = compileSnapshot(snapshot, { findings, clock, jwks: null });
  checkTls(compiled, findings);
  return compiled;
}

/** Resources as they cross to a worker. */
export function serialize({ listeners, clusters, bootstrap }: Snapshot) {
  return {
    listeners: listeners.map((one) => toBinary(ListenerSchema, one)),
    clusters: clusters.map((one) => toBinary(ClusterSchema, one)),
    bootstrap: toBinary(BootstrapSchema, bootstrap),
  };
}

function checkTls(compiled: CompiledSnapshot, findings: Findings): void {
  for (const chain of compiled.listeners.flatMap((listener) => listener.chains)) {
    compileDownstreamTls(chain.origin, findings);
  }
}

/** Tokens on plain text can be read by whoever is on the way. */
export function warnOfPlainText(compiled: CompiledSnapshot, warn: (message: string) => void): void {
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
