import type { BatchResult, Report } from './run-batch.ts';

/** What a run has seen so far. */
export class Tally {
  cases = 0;
  requests = 0;
  logged = 0;
  /** Configurations that both sides run. */
  run = 0;
  /** Configurations that both refuse. */
  refused = 0;
  /** Reports that a row of docs/divergences.md explains, by row. */
  readonly rows = new Map<string, number>();
  /** What jotgate says it does not do, by reason. */
  readonly unsupported = new Map<string, number>();
  /** Unlisted reports by what they are about, each with the first of them. */
  readonly unlisted = new Map<string, { count: number; first: Report }>();
  admissions = 0;

  add(cases: number, result: BatchResult): void {
    this.cases += cases;
    this.requests += result.requests;
    this.logged += result.logged;
    this.run += result.run;
    this.refused += result.refused;
    for (const reason of result.unsupported) count(this.unsupported, reason);
    for (const report of result.reports) this.#addReport(report);
  }

  #addReport(report: Report): void {
    if (report.rows.length > 0) {
      for (const row of report.rows) count(this.rows, row);
      return;
    }
    if (report.admits) this.admissions++;
    const key = keyOf(report);
    const known = this.unlisted.get(key);
    if (known === undefined) this.unlisted.set(key, { count: 1, first: report });
    else known.count++;
  }

  get unlistedCount(): number {
    return [...this.unlisted.values()].reduce((sum, { count: number }) => sum + number, 0);
  }

  /** One line. */
  get summary(): string {
    const rows = [...this.rows].sort().map(([row, number]) => `${row} ${number}`);
    const unsupported = [...this.unsupported.values()].reduce((sum, number) => sum + number, 0);
    return [
      `${this.cases} cases: ${this.run} run, ${this.refused} refused by both, ${unsupported} with something not supported`,
      `${this.requests} requests, ${this.logged} lines of the access log`,
      `listed: ${rows.join(', ') || 'none'}`,
      `unlisted disagreements: ${this.unlistedCount}`,
      `let in against Envoy: ${this.admissions}`,
    ].join('; ');
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Reports with the same key are taken for one disagreement. */
function keyOf({ kind, differences, admits }: Report): string {
  const parts = differences.map(({ part, envoy, jotgate }) => {
    if (kind === 'configuration') return `${envoy.slice(-100)} / ${jotgate.slice(0, 100)}`;
    if (part === 'status') return `${part} ${envoy} ${jotgate}`;
    if (part === 'details') return `${part} ${envoy} / ${jotgate}`;
    return /header|field/.test(part) ? `${part} ${namesOf(envoy)} / ${namesOf(jotgate)}` : part;
  });
  return `${admits ? 'ADMITS ' : ''}${kind}: ${parts.join(', ')}`;
}

const namesOf = (lines: string) =>
  lines
    .split(' | ')
    .map((line) => line.slice(0, Math.max(0, line.indexOf(':'))))
    .join(' ');

/** A report for a person: tokens are shown by their parts, decoded. */
export function renderReport({ one, request, differences }: Report): string {
  const lines = differences.map(
    ({ part, envoy, jotgate }) => `  ${part}\n    envoy:   ${envoy}\n    jotgate: ${jotgate}`,
  );
  if (one.mutation) lines.unshift(`  configuration changed: ${one.mutation}`);
  if (request !== null) lines.push(`  request: ${JSON.stringify({ ...request, tokens: undefined })}`);
  return [`  case ${one.id}`, ...lines].join('\n').slice(0, 4000);
}
