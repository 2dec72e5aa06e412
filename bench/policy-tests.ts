// CPU of 1,000 policy cases: `jotgate test` on a file of 1,000, less the same with one. See README.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuMs, median } from './cpu-of.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    cases: { type: 'string', default: '1000' },
    program: { type: 'string', default: join(root, 'dist/cli/main.js') },
  },
});

const HEAD = `config: ${join(root, 'examples/03-trains/envoy-trains.yaml')}
issuers: { funnel: https://auth.funnel-labs.io/auth/realms/funnel }
tokens:
  a: { issuer: funnel, sub: alice, aud: trains, scope: A-Train }
  b: { like: a, sub: bob, scope: B-Train }
  expired: { like: a, expires: -2m }
  forged: { like: a, signed_by: someone-else }
`;
const NAMES = ['none', 'a', 'b', 'expired', 'forged'];
const ROW = ['401', '200', '403', '401', '401'];

/** A table: five cells a row, each row another path. */
function fileOf(cases: number): string {
  const rows = Array.from(
    { length: cases / NAMES.length },
    (_, seat) => `  GET /a-train/seat/${seat} ${ROW.join(' ')}`,
  );
  return `${HEAD}table: |\n  ${NAMES.join(' ')}\n${rows.join('\n')}\n`;
}

const ONE_CASE = `${HEAD}table: |\n  none\n  GET /a-train 401\n`;

const folder = mkdtempSync(join(tmpdir(), 'jotgate-bench-'));
const measure = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  const command = [process.execPath, values.program, 'test', file];
  execFileSync(command[0] as string, command.slice(1));
  return () => cpuMs(command) ?? Number.NaN;
};
const many = measure('many.test.yaml', fileOf(Number(values.cases)));
const one = measure('one.test.yaml', ONE_CASE);
const rounds = Array.from({ length: Number(values.rounds) }, () => ({ many: many(), one: one() }));
const difference = rounds.map((round) => round.many - round.one);
rmSync(folder, { recursive: true });

process.stdout.write(
  `${[
    '| | CPU ms, median (lowest) |',
    '|---|--:|',
    `| ${values.cases} cases | ${median(rounds.map((round) => round.many)).toFixed(0)} (${Math.min(...rounds.map((round) => round.many)).toFixed(0)}) |`,
    `| 1 case | ${median(rounds.map((round) => round.one)).toFixed(0)} (${Math.min(...rounds.map((round) => round.one)).toFixed(0)}) |`,
    `| the difference | ${median(difference).toFixed(0)} (${Math.min(...difference).toFixed(0)}) |`,
  ].join('\n')}\n`,
);
