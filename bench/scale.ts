// CPU per request with many rules, policies and providers against that with ten, in one process: see README.md.
import { parseArgs } from 'node:util';
import { findEnvoy } from '../test/oracle/envoy-process.ts';
import { startScenario } from './scale/envoy.ts';
import { compileScenario, measure } from './scale/measure.ts';
import { type ScaleScenario, SMALL, scenarios } from './scale/scenarios.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    requests: { type: 'string', default: '20000' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(values.rounds);
const requests = Number(values.requests);

const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Medians of pairs that were measured one right after the other. */
async function compare(few: () => number | Promise<number>, many: () => number | Promise<number>) {
  const pairs: { few: number; many: number }[] = [];
  await few();
  await many();
  for (let round = 0; round < rounds; round++) pairs.push({ few: await few(), many: await many() });
  const columns = [pairs.map((pair) => pair.few), pairs.map((pair) => pair.many)];
  return [...columns, pairs.map((pair) => pair.many / pair.few)].map((column) => median(column).toFixed(2));
}

function compareOurs(scenario: ScaleScenario): Promise<string[]> {
  const small = compileScenario(scenario, SMALL);
  const large = compileScenario(scenario, scenario.large);
  return compare(
    () => measure(small, scenario, SMALL, requests),
    () => measure(large, scenario, scenario.large, requests),
  );
}

async function compareEnvoys(scenario: ScaleScenario): Promise<string[]> {
  const small = await startScenario(scenario, SMALL);
  const large = await startScenario(scenario, scenario.large);
  try {
    return await compare(
      () => small.measure(),
      () => large.measure(),
    );
  } finally {
    await Promise.all([small.stop(), large.stop()]);
  }
}

const withEnvoy = findEnvoy() !== null;
const heads = withEnvoy ? ' Envoy, with 10 | Envoy, with many | ratio |' : '';
print(
  `| many | how many | µs with 10 | µs with many | ratio |${heads}\n|---|---|---|---|---|${withEnvoy ? '---|---|---|' : ''}`,
);
for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) {
  const cells = [...(await compareOurs(scenario)), ...(withEnvoy ? await compareEnvoys(scenario) : [])];
  print(`| ${scenario.name} | ${scenario.large} | ${cells.join(' | ')} |`);
}
