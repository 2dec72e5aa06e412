import { execFileSync, spawnSync } from 'node:child_process';
import { cpus, loadavg, release } from 'node:os';
import type { BenchSettings, Sample } from './measure.ts';
import { scenarios } from './scenarios.ts';
import type { Subject } from './subjects.ts';

/** A promise about CPU per request: `jotgate` costs at most `ratioMax` of what `peer` costs. */
interface Goal {
  readonly scenario: Sample['scenario'];
  readonly peer: string;
  readonly ratioMax: number;
}

/** Like with like first: both with their memory of verified tokens. */
const goals: readonly Goal[] = [
  { scenario: 'a', peer: 'envoy-cache', ratioMax: 0.5 },
  { scenario: 'a', peer: 'envoy', ratioMax: 0.27 },
  { scenario: 'a', peer: 'haproxy', ratioMax: 0.75 },
  { scenario: 'b', peer: 'envoy', ratioMax: 0.65 },
];

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length / 2;
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half) - 1] ?? Number.NaN)) / 2;
}

/** Results as Markdown: CPU per request, ratios, throughput, and the goals met or missed. */
export function renderReport(samples: readonly Sample[], subjects: readonly Subject[]): string {
  const shown = scenarios.filter(({ id }) => samples.some(({ scenario }) => scenario === id));
  const medianOf = (scenario: string, subject: string, field: 'cpuUsPerRequest' | 'requestsPerSecond') =>
    median(samples.filter((s) => s.scenario === scenario && s.subject === subject).map((s) => s[field]));
  const heading = ['', ...shown.map(({ id, title }) => `(${id}) ${title}`)];
  const rows = subjects.map((subject) => [
    subject.title,
    ...shown.map(({ id }) => renderCell(id, subject.id, samples)),
  ]);
  const rates = subjects.map((subject) => [
    subject.title,
    ...shown.map(({ id }) => Math.round(medianOf(id, subject.id, 'requestsPerSecond')).toLocaleString('en')),
  ]);
  return [
    'CPU µs per request: median (lowest–highest)',
    renderTable([heading, ...rows]),
    'jotgate’s CPU per request over the other’s in the same round: median (lowest–highest)',
    renderTable([
      heading,
      ...subjects
        .filter(({ id }) => id !== 'jotgate')
        .map(({ id, title }) => [
          `over ${title}`,
          ...shown.map((s) => renderRatios(ratiosOf(s.id, id, samples))),
        ]),
    ]),
    'Requests per second with one core for the gate (the load’s core may be what is full)',
    renderTable([heading, ...rates]),
    ...renderGoals(samples),
    renderMemoHits(samples),
  ].join('\n\n');
}

function renderCell(scenario: string, subject: string, samples: readonly Sample[]): string {
  const costs = samples.filter((s) => s.scenario === scenario && s.subject === subject);
  if (costs.length === 0) return '–';
  const values = costs.map((s) => s.cpuUsPerRequest);
  return `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;
}

/** Of each round, what jotgate cost over what `peer` cost: both met the same noise. */
function ratiosOf(scenario: string, peer: string, samples: readonly Sample[]): number[] {
  const costs = (subject: string) =>
    samples.filter((s) => s.scenario === scenario && s.subject === subject).map((s) => s.cpuUsPerRequest);
  const others = costs(peer);
  return costs('jotgate').map((cost, round) => cost / (others[round] ?? Number.NaN));
}

function renderRatios(ratios: readonly number[]): string {
  if (ratios.length === 0) return '–';
  return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`;
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const [heading = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map((_, at) => (at === 0 ? '---' : '--:'))), ...body.map(line)].join(
    '\n',
  );
}

function renderGoals(samples: readonly Sample[]): string[] {
  const lines = judgedGoals(samples).map(
    ({ goal, ratio, met }) =>
      `- (${goal.scenario}) ≤ ${goal.ratioMax} × ${goal.peer}: ${ratio.toFixed(2)}, ${met ? 'met' : 'missed'}`,
  );
  return lines.length === 0 ? [] : ['Goals', lines.join('\n')];
}

function judgedGoals(samples: readonly Sample[]) {
  const has = (scenario: string, subject: string) =>
    samples.some((s) => s.scenario === scenario && s.subject === subject);
  return goals
    .filter((goal) => has(goal.scenario, goal.peer) && has(goal.scenario, 'jotgate'))
    .map((goal) => {
      const ratio = median(ratiosOf(goal.scenario, goal.peer, samples));
      return { goal, ratio, met: ratio <= goal.ratioMax };
    });
}

/** (b) counts only if no gate knew a token from before. */
function renderMemoHits(samples: readonly Sample[]): string {
  const counted = samples.filter((s) => s.scenario === 'b' && s.memoHits !== null);
  const by = Map.groupBy(counted, (s) => s.subject);
  const parts = [...by].map(
    ([subject, own]) => `${subject} ${own.reduce((sum, s) => sum + (s.memoHits ?? 0), 0)}`,
  );
  return parts.length === 0
    ? ''
    : `Tokens taken from memory in (b), by the gates’ own counters: ${parts.join(', ')}`;
}

/** Where, when and with what it was measured. */
export function renderCircumstances(settings: BenchSettings, rounds: number, date: Date): string {
  const version = (command: string, ...args: string[]) => {
    const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    return `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n')[0] ?? '';
  };
  const cpu = cpus();
  return [
    `- ${date.toISOString().slice(0, 10)}, ${cpu.length} × ${cpu[0]?.model ?? 'unknown CPU'}, Linux ${release()}; load average before the end: ${loadavg()[2]?.toFixed(1)} (the bench alone makes about 2)`,
    `- Node ${process.versions.node}; ${version(process.env['ENVOY_BIN'] ?? 'envoy', '--version').replace(/^.*version: /, 'Envoy ')}`,
    `- ${version('haproxy', '-v')}; ${version('wrk', '-v')}`,
    `- ${rounds} rounds, ${settings.warmUpSeconds} s of warm-up and ${settings.seconds} turns of 1 s measured, ${settings.connections} keep-alive connections; jotgate at ${revision()}`,
  ].join('\n');
}

function revision(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'an unknown revision';
  }
}
