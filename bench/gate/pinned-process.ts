import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';

/** A process held to one core. */
export interface PinnedProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

const POLL_MS = 20;
const START_TIMEOUT_MS = 20_000;
const CLOCK_TICK_US = 10_000;

/** Starts `command` on `core` and waits until it takes connections at `port`. */
export async function startPinned(
  core: number,
  command: readonly string[],
  port: number,
): Promise<PinnedProcess> {
  const child = spawn('taskset', ['-c', String(core), ...command], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
  await waitForPort(child, port, () => `\`${command.join(' ')}\` does not listen at ${port}:\n${log}`);
  return { pid: child.pid as number, stop: () => stop(child) };
}

async function waitForPort(child: ChildProcess, port: number, complaint: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    if (await takesConnections(port)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(complaint());
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

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** CPU time, user and system, that all threads of a process have used so far (proc(5), utime and stime; 10 ms ticks). */
export function readCpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_US;
}
