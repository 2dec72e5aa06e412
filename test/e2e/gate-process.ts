import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A jotgate that a test runs as a user would: its own process, by the command line. */
export interface GateProcess {
  readonly pid: number;
  /** What it has written to stdout and stderr so far. */
  log(): string;
  /** Null while it runs; how it ended after that. */
  ending(): string | null;
  /** Ends it by SIGTERM, as an operator would; resolves with how it ended. */
  stop(): Promise<string>;
}

const program = join(import.meta.dirname, '../../src/cli/main.ts');
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 20;

/** Starts `jotgate run -c` on the text with more arguments, and waits until it takes connections at `port`. */
export async function startGateProcess(
  yaml: string,
  port: number,
  args: readonly string[] = [],
): Promise<GateProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'gate-'));
  const config = join(folder, 'gate.yaml');
  writeFileSync(config, yaml);
  const child = spawn(process.execPath, [program, 'run', '-c', config, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gate = watch(child, folder);
  try {
    await waitForPort(gate, port);
    return gate;
  } catch (error) {
    await gate.stop();
    throw error;
  }
}

function watch(child: ChildProcess, folder: string): GateProcess {
  let text = '';
  let ending: string | null = null;
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<string>((resolve) => {
    const end = (how: string) => {
      ending = how;
      process.removeListener('exit', kill);
      rmSync(folder, { recursive: true, force: true });
      resolve(how);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `exit ${code}`));
  });
  const stop = () => {
    if (ending === null) child.kill('SIGTERM');
    return ended;
  };
  return { pid: child.pid ?? 0, log: () => text, ending: () => ending, stop };
}

async function waitForPort(gate: GateProcess, port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && gate.ending() === null) {
    if (await takesConnections(port)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`the gate does not listen at ${port} (${gate.ending() ?? 'running'}):\n${gate.log()}`);
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (yes: boolean) => () => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}

/**
 * A port of 127.0.0.1 that is free, out of those that no system hands out by itself: what another
 * test binds to port 0 never gets it, so that it stays closed for whoever wants a closed one.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
