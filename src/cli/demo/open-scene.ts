import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../control/config/index.ts';
import { loadIstio } from '../../control/istio/index.ts';
import { createDevelopmentAuthority, type DevelopmentAuthority, SharedClock } from '../../platform/index.ts';
import { packageRoot } from '../package-root.ts';
import { startFunnelService } from './funnel-service.ts';
import { StoryClient, type StoryHost } from './http-client.ts';
import type { Scene, SceneIssuer } from './scene.ts';
import { freePort, type SceneGateOptions, startSceneGate } from './scene-gate.ts';
import { issuerActions, startSceneIssuer } from './scene-issuer.ts';
import { openStageDoor, type StageDoor } from './stage-door.ts';

const packageFolder = fileURLToPath(packageRoot);

const ISSUER_HOST = 'auth.funnel-labs.io';
const SERVICE_HOST = 'www.envoyproxy.io';
const MESH_ISSUER = '127.0.0.1:8180';

/** The `sub` of each user whose data the sample service holds: as the realm file has them. */
const OWNERS = {
  demo: '20673bd6-2dad-4057-bda1-84cb4fa73fab',
  bob: '5f0c6a52-6b0e-4f5d-9a3b-0d8f5a0b0b0b',
};

type Closer = () => Promise<unknown>;

/** What the parts of the scene share. */
interface Stage {
  clock: SharedClock;
  hosts: Map<string, StoryHost>;
  client: StoryClient;
  authority: DevelopmentAuthority;
  authorityFile: string;
  closers: Closer[];
  /** Opened first: what the others are told to print names its port. */
  stageDoor: StageDoor;
  /** Settled when the article's issuer has started, or could not. */
  articleIssuer: PromiseWithResolvers<SceneIssuer>;
}

/** Starts the article's gate and service, and says how to start the rest. Nothing is written outside a temporary folder. */
export async function openScene(): Promise<Scene> {
  const stage = await setStage();
  try {
    return await fillStage(stage);
  } catch (error) {
    await closeAll(stage);
    throw error;
  }
}

async function fillStage(stage: Stage): Promise<Scene> {
  // The first refusal needs no issuer, whose keys take a while to make: the gate fetches them when a token comes.
  const issuerPort = await freePort();
  const issuer = once(async () => (await startArticleIssuer(stage, issuerPort)).scene);
  stage.articleIssuer.promise.catch(() => {});
  const service = await startFunnelService({
    certificate: await stage.authority.issue({ names: [SERVICE_HOST] }),
    owners: OWNERS,
  });
  stage.closers.push(() => service.close());
  const text = readExample('01-front-proxy/envoy-jwt.yaml');
  const connectTo = [
    { host: SERVICE_HOST, port: 443, address: '127.0.0.1', toPort: service.port },
    { host: ISSUER_HOST, port: 443, address: '127.0.0.1', toPort: issuerPort },
  ];
  const shared = { stage, connectTo };
  const front = await openGate(shared, text, loadConfig([text]), 8080);
  const openExample = (path: string, port: number) => {
    const config = readExample(path);
    return openGate(shared, config, loadConfig([config], { readFile: readRootsOrFile }), port);
  };
  const trains = once(() => openExample('03-trains/envoy-trains.yaml', 8081));
  const limited = once(() => openExample('05-rate-limit-per-user/envoy-rate-limit.yaml', 8083));
  const mesh = once(() => openMesh(stage, service.port));
  return {
    client: stage.client,
    front,
    service,
    issuer() {
      stage.articleIssuer.resolve(issuer());
      return stage.articleIssuer.promise;
    },
    trains,
    limited,
    mesh,
    prepareAhead() {
      // A failure is told by the chapter that asks again.
      for (const part of [trains, limited, mesh]) part().catch(() => {});
    },
    passTime(seconds) {
      stage.clock.advance(seconds * 1000);
      return stage.stageDoor.curl('/clock', String(seconds));
    },
    close: () => closeAll(stage),
  };
}

async function setStage(): Promise<Stage> {
  const authority = await createDevelopmentAuthority('jotgate demo');
  const folder = mkdtempSync(join(tmpdir(), 'jotgate-demo-'));
  const authorityFile = join(folder, 'ca.pem');
  writeFileSync(authorityFile, authority.certificate);
  const hosts = new Map<string, StoryHost>();
  const clear = () => rmSync(folder, { recursive: true, force: true });
  // However the process ends: whoever reads the story may have closed the pipe.
  process.once('exit', clear);
  const closers: Closer[] = [async () => clear()];
  const clock = new SharedClock();
  const articleIssuer = Promise.withResolvers<SceneIssuer>();
  const stageDoor = await openStageDoor({
    '/clock': (seconds) => clock.advance(parseSeconds(seconds) * 1000),
    ...issuerActions(() => articleIssuer.promise),
  });
  closers.push(stageDoor.close);
  return {
    clock,
    stageDoor,
    articleIssuer,
    hosts,
    client: new StoryClient(hosts),
    authority,
    authorityFile,
    closers,
  };
}

function parseSeconds(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error('the body is the seconds, in digits');
  return Number(text);
}

async function startArticleIssuer(stage: Stage, port: number) {
  const started = await startSceneIssuer({
    port,
    baseUrl: `https://${ISSUER_HOST}/auth`,
    realm: readExample('01-front-proxy/realm-funnel.json'),
    clock: stage.clock,
    stageDoor: stage.stageDoor,
    tls: { authority: stage.authority, authorityFile: stage.authorityFile },
  });
  stage.hosts.set(ISSUER_HOST, { port: started.port, ca: stage.authority.certificate });
  stage.closers.push(started.close);
  return started;
}

/** The mesh document's cast: its own issuer, Istio's two policies, the same service behind. */
async function openMesh(stage: Stage, servicePort: number) {
  const issuer = await startSceneIssuer({
    baseUrl: `http://${MESH_ISSUER}/auth`,
    realm: readExample('02-istio-jwt/realm-weather.json'),
    clock: stage.clock,
    stageDoor: stage.stageDoor,
  });
  stage.closers.push(issuer.close);
  stage.hosts.set(MESH_ISSUER, { port: issuer.port });
  const connectTo = [
    { host: '127.0.0.1', port: 8180, address: '127.0.0.1', toPort: issuer.port },
    { host: SERVICE_HOST, port: 443, address: '127.0.0.1', toPort: servicePort },
  ];
  const policies = readExample('02-istio-jwt/istio.yaml');
  const loaded = loadIstio([policies], { upstream: `https://${SERVICE_HOST}` });
  return { gate: await openGate({ stage, connectTo }, policies, loaded, 8082), issuer: issuer.scene };
}

async function openGate(
  { stage, connectTo }: { stage: Stage; connectTo: SceneGateOptions['connectTo'] },
  { name }: { name: string },
  loaded: SceneGateOptions['loaded'],
  preferredPort: number,
) {
  const { clock, client, authority } = stage;
  const { gate, scene } = await startSceneGate({
    file: name,
    loaded,
    clock,
    client,
    connectTo,
    trust: [authority.certificate],
    preferredPort,
  });
  stage.closers.unshift(() => gate.close());
  return scene;
}

/** What does not close in time is left to the end of the process. */
const CLOSING_MS_MAX = 3000;

async function closeAll({ closers }: Stage): Promise<void> {
  const all = Promise.allSettled(closers.map((close) => close()));
  const enough = new Promise<void>((resolve) => setTimeout(resolve, CLOSING_MS_MAX).unref());
  await Promise.race([all, enough]);
}

/** An example of this package, named as a person in the working folder would. */
export function readExample(path: string): { name: string; text: string } {
  const file = join(packageFolder, 'examples', path);
  const near = relative(process.cwd(), file);
  const name = near.startsWith('..') || isAbsolute(near) ? file : near;
  return { name, text: readFileSync(file, 'utf8') };
}

/** The example names the usual file of root certificates; where a machine has none, Node's own list stands in. */
function readRootsOrFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if (path !== '/etc/ssl/certs/ca-certificates.crt') throw error;
    return Buffer.from(rootCertificates.join('\n'));
  }
}

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}
