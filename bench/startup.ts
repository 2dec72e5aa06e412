// CPU of starting: `--help`, `validate` and `why` beside a bare Node (and Envoy's own `--mode validate`), in turns. See README.md.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuMs, median } from './cpu-of.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    program: { type: 'string', default: join(root, 'dist/cli/main.js') },
  },
});

const config = join(root, 'examples/03-trains/envoy-trains.yaml');
const article = join(root, 'examples/01-front-proxy/envoy-jwt.yaml');
const istio = join(root, 'examples/02-istio-jwt/istio.yaml');
const jotgate = (...args: string[]) => [process.execPath, values.program, ...args];
const envoy = process.env['ENVOY_BIN'] ?? 'envoy';

const BARE = 'node -e 0';
const subjects: Record<string, string[]> = {
  [BARE]: [process.execPath, '-e', '0'],
  'jotgate --help': jotgate('--help'),
  'jotgate validate (trains)': jotgate('validate', config),
  'jotgate validate (front proxy)': jotgate('validate', article),
  'jotgate why (front proxy)': jotgate('why', '-c', article, 'http://localhost:8080/'),
  'jotgate validate (Istio)': jotgate('validate', istio),
  'jotgate why (Istio)': jotgate('why', '-c', istio, 'http://weather.example/'),
  'envoy --mode validate (trains)': [envoy, '--mode', 'validate', '-l', 'error', '-c', config],
};

const samples = new Map(Object.keys(subjects).map((name) => [name, [] as number[]]));
for (const command of Object.values(subjects)) cpuMs(command);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, command] of Object.entries(subjects)) {
    const ms = cpuMs(command);
    if (ms !== undefined) samples.get(name)?.push(ms);
  }
}

const bare = median(samples.get(BARE) ?? []);
process.stdout.write(`| command | CPU ms, median (lowest) | over \`${BARE}\` |\n|---|--:|--:|\n`);
for (const [name, list] of samples) {
  const middle = median(list);
  const row =
    list.length === 0
      ? 'not there | '
      : `${middle.toFixed(0)} (${Math.min(...list).toFixed(0)}) | ${(middle / bare).toFixed(1)}`;
  process.stdout.write(`| ${name} | ${row} |\n`);
}
