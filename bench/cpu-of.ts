import { spawnSync } from 'node:child_process';

/** @returns user and system time of the command in ms; undefined where it is not there. */
export function cpuMs(command: readonly string[]): number | undefined {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>&1';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...command], { encoding: 'utf8' });
  if (status === 126 || status === 127) return undefined;
  const [user, system] = stderr.trim().split(' ').map(Number);
  return ((user ?? 0) + (system ?? 0)) * 1000;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
