import { type AddressInfo, createServer } from 'node:net';
import { silentLogger } from '../../base/index.ts';
import type { LoadedConfig } from '../../control/config/index.ts';
import type { SharedClock } from '../../platform/index.ts';
import { type ConnectTo, type Gate, startGate } from '../../server/index.ts';
import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import { RefusalExplainer } from './explain-refusal.ts';
import type { StoryClient } from './http-client.ts';
import type { SceneGate } from './scene.ts';

export interface SceneGateOptions {
  file: string;
  loaded: LoadedConfig;
  clock: SharedClock;
  client: StoryClient;
  connectTo: ConnectTo[];
  /** PEM roots. */
  trust: string[];
  /** Taken if it is free. */
  preferredPort: number;
}

export interface StartedGate {
  scene: SceneGate;
  gate: Gate;
}

/** Runs a configuration as `jotgate run` does, on loopback, and keeps a second copy of its decisions for the account of refusals. */
export async function startSceneGate(options: SceneGateOptions): Promise<StartedGate> {
  const { loaded, clock, client, connectTo, trust, file } = options;
  const { snapshot, provenance } = loaded;
  if (snapshot === null) {
    throw new UserError(`\`${file}\`: ${loaded.findings.list[0]?.message}`, EXIT.configInvalid);
  }
  const start = (port: number) =>
    startGate({
      snapshot,
      provenance,
      connectTo,
      listen: snapshot.listeners.map((listener) => ({
        ...addressOf(listener),
        address: '127.0.0.1',
        toPort: port,
      })),
      trust,
      clock,
      logger: silentLogger,
      admin: false,
    });
  const gate = await startNear(options.preferredPort, start);
  const explainer = new RefusalExplainer({ snapshot, provenance }, clock, {
    fetch: ({ uri }) => fetchKeys(client, uri),
  });
  const url = `http://127.0.0.1:${gate.listeners[0]?.port}`;
  return { gate, scene: { url, file, explain: (request) => explainer.explain(request) } };
}

/** Starts something on the port where it is free, else on any: somebody may take it between the look and the start. */
export async function startNear<T>(preferredPort: number, start: (port: number) => Promise<T>): Promise<T> {
  const port = (await probePort(preferredPort)) ?? 0;
  if (port === 0) return start(0);
  return start(port).catch(() => start(0));
}

function addressOf(listener: NonNullable<LoadedConfig['snapshot']>['listeners'][number]) {
  const address = listener.address?.address;
  if (address?.case !== 'socketAddress' || address.value.portSpecifier.case !== 'portValue') {
    return { host: '', port: 0 };
  }
  return { host: address.value.address, port: address.value.portSpecifier.value };
}

/** The keys as the gate itself gets them: from the issuer, over a connection that has to verify. */
async function fetchKeys(client: StoryClient, uri: string): Promise<string | null> {
  try {
    const reply = await client.send({ url: uri });
    return reply.status === 200 ? reply.body : null;
  } catch {
    return null;
  }
}

/** A loopback port that nobody listens on now. */
export function freePort(): Promise<number> {
  return probePort(0).then((port) => port ?? 0);
}

/** @returns the port when it could be listened on, else undefined. */
function probePort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, '127.0.0.1', () => {
      const { port: taken } = probe.address() as AddressInfo;
      probe.close(() => resolve(taken));
    });
  });
}
