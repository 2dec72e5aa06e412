import { type Logger, silentLogger } from '../base/index.ts';
import { ownAddress, SharedClock } from '../platform/index.ts';
import type { CompiledSnapshot } from '../proxy/rehearsal/index.ts';
import { Findings } from '../resources/index.ts';
import { compileForGate, serialize, warnOfPlainText } from './compile-for-gate.ts';
import { ControlClusters } from './control-clusters.ts';
import { DiscoveringKeys } from './discovering-keys.ts';
import { type Gate, type GateListener, type GateOptions, GateStartError } from './gate.ts';
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
  const nodeAddress = ownAddress();
  const { clusters, compiled } = prepare(options, logger, clock);
  await clusters.resolveAll();
  const jwks = new DiscoveringKeys(new JwksClient(clusters.byName, logger, nodeAddress), clusters, logger);
  const made = { clusters, compiled, jwks, logger, clock, nodeAddress };
  const host = createHost(options, made);
  clusters.onChange = (update) => host.post({ type: 'addresses', update });
  try {
    const listeners = await host.start();
    const ring = createRing(options, listeners, made);
    host.onRefused = ring === null ? null : (refused) => void ring.add(refused);
    const admin = options.admin === false ? null : await startGateAdmin(snapshot.bootstrap, host, ring);
    if (ring !== null && admin === null) {
      logger.warn(
        'refusals are explained and nobody can ask for them: the configuration has no `admin` address',
      );
    }
    const parts = { clusters, host, admin, clock, logger, moves: options.listen ?? [], ring };
    return new RunningGate({ compiled, listeners }, parts);
  } catch (error) {
    clusters.close();
    await host.close();
    throw error;
  }
}

/** What a gate is made of before its workers are. */
interface GateParts {
  clusters: ControlClusters;
  compiled: CompiledSnapshot;
  jwks: DiscoveringKeys;
  logger: Logger;
  clock: SharedClock;
  nodeAddress: string;
}

/**
 * Compiles the configuration, and warns of what has no effect.
 * @throws GateStartError where it cannot be run, or a listener that is to be moved is not there
 */
function prepare(
  { snapshot, provenance, connectTo = [], trust = [], listen = [] }: GateOptions,
  logger: Logger,
  clock: SharedClock,
): Pick<GateParts, 'clusters' | 'compiled'> {
  const findings = new Findings(provenance);
  const clusters = new ControlClusters(snapshot.clusters, { findings, connectTo, extraRoots: trust, logger });
  const compiled = compileForGate(snapshot, findings, clock);
  const addresses = compiled.listeners.map((one) => one.address);
  const unused = findings.hasErrors ? null : describeUnusedMove(listen, addresses);
  if (findings.hasErrors || unused !== null) {
    clusters.close();
    if (unused !== null) throw new GateStartError(unused);
    throw new GateStartError('the configuration cannot be run', findings.list);
  }
  for (const { message, hint } of describeUnusedConnectTo(connectTo, snapshot.clusters))
    logger.warn(message, { hint });
  warnOfPlainText(compiled, (message) => logger.warn(message));
  return { clusters, compiled };
}

function createHost(options: GateOptions, made: GateParts): WorkerHost {
  const { clusters, compiled, jwks, logger, clock, nodeAddress } = made;
  const { snapshot, listen = [], connectTo = [], trust = [], envoyExact = false, explains = null } = options;
  const start = {
    ...serialize(snapshot),
    listenAt: compiled.listeners.map((one) => applyListenMoves(listen, one.address)),
    connectTo,
    extraRoots: trust,
    clock: clock.buffer,
    nodeAddress,
    envoyExact,
    explains,
  };
  return new WorkerHost(start, jwks, logger, () => clusters.addresses());
}

/** null: refusals are not explained. */
function createRing(
  { snapshot, provenance, explains, envoyExact = false }: GateOptions,
  listeners: readonly GateListener[],
  { jwks, nodeAddress }: GateParts,
): RefusalRing | null {
  return explains
    ? new RefusalRing({ snapshot, provenance, listeners, jwks, nodeAddress, envoyExact })
    : null;
}
