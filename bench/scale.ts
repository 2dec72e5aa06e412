// CPU per request with many rules, policies and providers against that with ten, in one process: see README.md.
import { parseArgs } from 'node:util';
import { compileScenario, measure } from './scale/measure.ts';
import { SMALL, scenarios } from './scale/scenarios.ts';

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

print('| many | how many | µs with 10 | µs with many | ratio |\n|---|---|---|---|---|');
for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) {
  const small = compileScenario(scenario, SMALL);
  const large = compileScenario(scenario, scenario.large);
  measure(small, scenario, SMALL, requests);
  measure(large, scenario, scenario.large, requests);
  const pairs = Array.from({ length: rounds }, () => {
    const few = measure(small, scenario, SMALL, requests);
    const many = measure(large, scenario, scenario.large, requests);
    return { few, many, ratio: many / few };
  });
  const column = (pick: (pair: (typeof pairs)[number]) => number) => median(pairs.map(pick)).toFixed(2);
  const cells = [column(({ few }) => few), column(({ many }) => many), column(({ ratio }) => ratio)];
  print(`| ${scenario.name} | ${scenario.large} | ${cells.join(' | ')} |`);
}
