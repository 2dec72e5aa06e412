import { type Logger, silentLogger } from '../base/index.ts';
import type { JwksFetcher } from '../proxy/rehearsal/index.ts';
import type { ConnectTo } from '../proxy/upstream/index.ts';
import { Findings, type Provenance, type Snapshot } from '../resources/index.ts';
import { ControlClusters } from './control-clusters.ts';
import { DiscoveringKeys } from './discovering-keys.ts';
import { JwksClient } from './jwks-client.ts';
import { describeUnusedConnectTo } from './unused-connect-to.ts';

export interface KeyFetcherOptions {
  snapshot: Snapshot;
  provenance: Provenance;
  connectTo?: readonly ConnectTo[];
  /** PEM texts of more roots. */
  trust?: readonly string[];
  logger?: Logger;
}

export interface KeyFetcher {
  jwks: JwksFetcher;
  close(): void;
}

/** The way that a gate on this snapshot would fetch its keys, without a gate: the same clusters, TLS and retries. */
export async function openKeyFetcher(options: KeyFetcherOptions): Promise<KeyFetcher> {
  const { snapshot, provenance, connectTo = [], trust = [], logger = silentLogger } = options;
  for (const { message, hint } of describeUnusedConnectTo(connectTo, snapshot.clusters))
    logger.warn(message, { hint });
  const clusters = new ControlClusters(snapshot.clusters, {
    findings: new Findings(provenance),
    connectTo,
    extraRoots: trust,
    logger,
  });
  await clusters.resolveAll();
  const client = new JwksClient(clusters.byName, logger, '127.0.0.1');
  return { jwks: new DiscoveringKeys(client, clusters, logger), close: () => clusters.close() };
}
