// CPU per request of jotgate, Envoy and HAProxy doing one job, side by side: see README.md for the method.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BenchSettings, measureRound, type Sample, startOriginOn } from './gate/measure.ts';
import { renderCircumstances, renderReport } from './gate/report.ts';
import { scenarios } from './gate/scenarios.ts';
import { envoyAsItComes, envoyWithCache, haproxy, jotgateSubject } from './gate/subjects.ts';
import { createTokenPool } from './gate/tokens.ts';

const root = join(import.meta.dirname, '..');
const RESULTS = /(<!-- results -->\n)[\s\S]*(?=<!-- end of results -->)/;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    'warm-up': { type: 'string', default: '2' },
    scenarios: { type: 'string', default: 'a,b,c,c2,d' },
    subjects: { type: 'string', default: 'jotgate,envoy-cache,envoy,haproxy' },
    gate: {
      type: 'string',
      default: `${process.execPath} ${join(root, 'dist/cli/main.js')} run -c {config}`,
    },
    before: { type: 'string' },
    warmUpTokens: { type: 'string', default: '60000' },
    measureTokens: { type: 'string', default: '120000' },
    write: { type: 'boolean', default: false },
  },
});

const settings: BenchSettings = {
  gateCore: 0,
  loadCore: 1,
  connections: 32,
  warmUpSeconds: Number(values['warm-up']),
  seconds: Number(values.seconds),
};
const rounds = Number(values.rounds);
const chosen = (list: string) => new Set(list.split(','));
const before =
  values.before === undefined ? [] : [jotgateSubject(values.before.split(' '), 'jotgate-before')];
const subjects = [
  ...[jotgateSubject(values.gate.split(' ')), envoyWithCache, envoyAsItComes, haproxy].filter(({ id }) =>
    chosen(values.subjects).has(id),
  ),
  ...before,
];
const traffic = scenarios.filter(({ id }) => chosen(values.scenarios).has(id));

async function runRounds(folder: string): Promise<Sample[]> {
  const cache = join(root, 'node_modules/.cache/jotgate/bench');
  const pool = await createTokenPool(cache, Number(values.warmUpTokens), Number(values.measureTokens));
  const origin = await startOriginOn(settings.loadCore, folder);
  const ground = { pool, originPort: origin.port, settings, folder };
  const samples: Sample[] = [];
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const scenario of traffic) {
        const found = await measureRound(subjects, scenario, ground);
        samples.push(...found);
        process.stderr.write(`round ${round} (${scenario.id}) ${found.map(renderSample).join(', ')}\n`);
      }
    }
  } finally {
    await origin.stop();
  }
  return samples;
}

const renderSample = ({ subject, cpuUsPerRequest }: Sample) => `${subject} ${cpuUsPerRequest.toFixed(1)} µs`;

const folder = mkdtempSync(join(tmpdir(), 'bench-gate-'));
try {
  const samples = await runRounds(folder);
  const text = `${renderCircumstances(settings, rounds, new Date())}\n\n${renderReport(samples, subjects)}\n`;
  process.stdout.write(text);
  if (values.write) {
    const file = join(root, 'bench/README.md');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(RESULTS, (_all, start) => `${start}\n${text}\n`),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
