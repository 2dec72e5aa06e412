import { type Mutant, mutantsOf } from './mutants.ts';
import type { TestBench } from './run-policy-test.ts';

/** What became of the mutants: each is a change to the configuration that some case should notice. */
export interface MutationReport {
  /** Mutants that a case noticed, or that the data path refuses. */
  killed: number;
  /** Those that no case noticed. */
  survivors: readonly Mutant[];
}

/** Changes the configuration in one place after the other and asks whether a case fails. All of its cases pass to begin with. */
export async function mutate(bench: TestBench): Promise<MutationReport> {
  const survivors: Mutant[] = [];
  let killed = 0;
  let order = bench.test.cases.map((_, index) => index);
  for (const mutant of mutantsOf(bench.subject.snapshot)) {
    const killer = await killerOf(mutant, bench, order);
    if (killer === null) survivors.push(mutant);
    else killed++;
    if (typeof killer === 'number') order = [killer, ...order.filter((index) => index !== killer)];
  }
  return { killed, survivors };
}

/** The case that notices; `refused` where the mutant does not even compile; null where nothing notices. */
async function killerOf(
  mutant: Mutant,
  bench: TestBench,
  order: readonly number[],
): Promise<number | 'refused' | null> {
  const restore = mutant.apply();
  try {
    const { compiled, errors } = await bench.compile();
    return errors.length > 0 ? 'refused' : await bench.firstFailure(compiled, order);
  } finally {
    restore();
  }
}
