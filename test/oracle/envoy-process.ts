import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real Envoy that is serving. */
export interface EnvoyProcess {
  readonly pid: number;
  /** `http://127.0.0.1:PORT`, without a final slash. */
  readonly adminUrl: string;
  /** In Envoy's order; a listener with `port_value: 0` has the port that the kernel gave it. */
  readonly listeners: readonly EnvoyListener[];
  /** Counters and gauges by name, now. */
  stats(): Promise<ReadonlyMap<string, number>>;
  /** What it has written so far. */
  log(): string;
  stop(): Promise<void>;
}

export interface EnvoyListener {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

export interface EnvoyOptions {
  /** Put before the command, e.g. `['taskset', '-c', '0']`. */
  readonly prefix?: readonly string[];
  /** Added to the command line, e.g. `['-l', 'debug']`. */
  readonly args?: readonly string[];
  readonly readyTimeoutMs?: number;
}

const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
let absenceTold = false;

/**
 * The Envoy to ask: `ENVOY_BIN`, else `envoy` on the PATH; null where there is none, after one line on
 * stderr that says so. With `REQUIRE_ENVOY=1` its absence throws.
 */
export function findEnvoy(): string | null {
  const binary = process.env['ENVOY_BIN'] ?? 'envoy';
  const probe = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (probe.status === 0) return binary;
  if (process.env['REQUIRE_ENVOY'] === '1')
    throw new Error(`envoy is required but \`${binary}\` does not run`);
  if (!absenceTold) process.stderr.write('no envoy (ENVOY_BIN or PATH): comparisons with it were skipped\n');
  absenceTold = true;
  return null;
}

function requiredEnvoy(): string {
  const binary = findEnvoy();
  if (binary === null) throw new Error('no envoy: ask findEnvoy first');
  return binary;
}

/** What `envoy --mode validate` says of a bootstrap. */
export function validateWithEnvoy(yaml: string): { ok: boolean; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'envoy-validate-'));
  try {
    const file = join(folder, 'envoy.yaml');
    writeFileSync(file, yaml);
    const result = spawnSync(
      requiredEnvoy(),
      ['--mode', 'validate', '-c', file, '--use-dynamic-base-id', '--concurrency', '1'],
      { encoding: 'utf8' },
    );
    return { ok: result.status === 0, output: result.stdout + result.stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Starts Envoy with one worker on a bootstrap (YAML or JSON), its admin on a free loopback port whatever
 * the bootstrap says, and waits until it is live. Listeners are as written: use `port_value: 0`.
 * Throws, with Envoy's log, when it ends or is not ready in time.
 */
export async function startEnvoy(yaml: string, options: EnvoyOptions = {}): Promise<EnvoyProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'envoy-'));
  const config = join(folder, 'envoy.yaml');
  const adminFile = join(folder, 'admin');
  writeFileSync(config, yaml);
  const admin = '{admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}}';
  const own = ['-c', config, '--config-yaml', admin, '--admin-address-path', adminFile];
  const flags = ['--use-dynamic-base-id', '--concurrency', '1', '-l', 'warning'];
  const [command, ...rest] = [...(options.prefix ?? []), requiredEnvoy()];
  const args = [...rest, ...own, ...flags, ...(options.args ?? [])];
  const child = spawn(command as string, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = collectOutput(child);
  const stop = () => stopChild(child).finally(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const adminUrl = await waitUntilReady(child, adminFile, log, options.readyTimeoutMs ?? READY_TIMEOUT_MS);
    const listeners = await readListeners(adminUrl);
    return { pid: child.pid as number, adminUrl, listeners, stats: () => readStats(adminUrl), log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function collectOutput(child: ChildProcess): () => string {
  let text = '';
  const add = (chunk: Buffer) => {
    text += chunk.toString('utf8');
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  child.on('error', (error) => add(Buffer.from(`${error.message}\n`)));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
  return () => text;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function waitUntilReady(child: ChildProcess, adminFile: string, log: () => string, timeoutMs: number) {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) break;
    const url = await liveAdminUrl(adminFile);
    if (url !== null) return url;
    await pause(POLL_MS);
  }
  throw new Error(`envoy did not become ready:\n${log()}`);
}

async function liveAdminUrl(adminFile: string): Promise<string | null> {
  try {
    const url = `http://${readFileSync(adminFile, 'utf8').trim()}`;
    const reply = await fetch(`${url}/ready`);
    await reply.arrayBuffer();
    return reply.ok ? url : null;
  } catch {
    return null;
  }
}

interface ListenerStatus {
  name: string;
  local_address: { socket_address: { address: string; port_value: number } };
}

async function readListeners(adminUrl: string): Promise<EnvoyListener[]> {
  const reply = await fetch(`${adminUrl}/listeners?format=json`);
  const body = (await reply.json()) as { listener_statuses?: ListenerStatus[] };
  return (body.listener_statuses ?? []).map(({ name, local_address: { socket_address: socket } }) => ({
    name,
    address: socket.address,
    port: socket.port_value,
  }));
}

async function readStats(adminUrl: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${adminUrl}/stats`)).text();
  const lines = text.split('\n').map((line) => /^(.+): (\d+)$/.exec(line));
  return new Map(lines.flatMap((match) => (match ? [[match[1] as string, Number(match[2])] as const] : [])));
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await ended;
}
