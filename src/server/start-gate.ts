import { silentLogger } from '../base/index.ts';
import { ownAddress, SharedClock } from '../platform/index.ts';
import { Findings } from '../resources/index.ts';
import { compileForGate, serialize, warnOfPlainText } from './compile-for-gate.ts';
import { ControlClusters } from './control-clusters.ts';
import { DiscoveringKeys } from './discovering-keys.ts';
import { type Gate, type GateOptions, GateStartError } from './gate.ts';
import { startGateAdmin } from './gate-admin.ts';
import { JwksClient } from './jwks-client.ts';
import { applyListenMoves, describeUnusedMove } from './listen-move.ts';
import { RefusalRing } from './refusal-ring.ts';
import { RunningGate } from './running-gate.ts';
import { describeUnusedConnectTo } from './unused-connect-to.ts';
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
  const compiled = compileForGate(snapshot, findings, clock);
  if (findings.hasErrors) {
    clusters.close();
    throw new GateStartError('the configuration cannot be run', findings.list);
  }
  const moves = options.listen ?? [];
  const unused = describeUnusedMove(
    moves,
    compiled.listeners.map((one) => one.address),
  );
  if (unused !== null) {
    clusters.close();
    throw new GateStartError(unused);
  }
  for (const { message, hint } of describeUnusedConnectTo(options.connectTo ?? [], snapshot.clusters))
    logger.warn(message, { hint });
  warnOfPlainText(compiled, (message) => logger.warn(message));
  await clusters.resolveAll();
  const jwks = new DiscoveringKeys(new JwksClient(clusters.byName, logger, nodeAddress), clusters, logger);
  const host = new WorkerHost(
    {
      ...serialize(snapshot),
      listenAt: compiled.listeners.map((one) => applyListenMoves(moves, one.address)),
      connectTo: options.connectTo ?? [],
      extraRoots: options.trust ?? [],
      clock: clock.buffer,
      nodeAddress,
      envoyExact: options.envoyExact ?? false,
      explains: options.explains ?? null,
    },
    jwks,
    logger,
    () => clusters.addresses(),
  );
  clusters.onChange = (update) => host.post({ type: 'addresses', update });
  try {
    const listeners = await host.start();
    const { provenance } = options;
    const ring = options.explains
      ? new RefusalRing({
          snapshot,
          provenance,
          listeners,
          jwks,
          nodeAddress,
          envoyExact: options.envoyExact ?? false,
        })
      : null;
    host.onRefused = ring === null ? null : (refused) => void ring.add(refused);
    const admin = options.admin === false ? null : await startGateAdmin(snapshot.bootstrap, host, ring);
    if (ring !== null && admin === null) {
      logger.warn(
        'refusals are explained and nobody can ask for them: the configuration has no `admin` address',
      );
    }
    const parts = { clusters, host, admin, clock, logger, moves, ring };
    return new RunningGate({ compiled, listeners }, parts);
  } catch (error) {
    clusters.close();
    await host.close();
    throw error;
  }
}
