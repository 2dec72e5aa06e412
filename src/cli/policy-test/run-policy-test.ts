import { ManualClock } from '../../base/index.ts';
import type { ConfigSource } from '../../control/config/index.ts';
import { type CompiledSnapshot, compileSnapshot } from '../../proxy/rehearsal/index.ts';
import { type Finding, Findings, type Provenance, type Snapshot } from '../../resources/index.ts';
import { MemoryKeys } from './memory-keys.ts';
import { type CaseResult, playCase } from './play-case.ts';
import type { PolicyTest } from './policy-test.ts';
import { TokenMint } from './token-mint.ts';

/** A configuration that is under test, as it was loaded. */
export interface Subject {
  snapshot: Snapshot;
  provenance: Provenance;
  sources: readonly ConfigSource[];
}

/** A test file at work on its configuration. The snapshot may be changed and compiled again: that is how mutants are made. */
export class TestBench {
  readonly test: PolicyTest;
  readonly subject: Subject;
  /** Providers that no issuer of the file signs for. */
  readonly keyless: readonly string[];
  readonly #clock: ManualClock;
  readonly #mint: TokenMint;
  readonly #keys: MemoryKeys;

  constructor(test: PolicyTest, subject: Subject) {
    this.test = test;
    this.subject = subject;
    this.#clock = new ManualClock(test.nowMs);
    this.#mint = new TokenMint(test);
    this.#keys = new MemoryKeys(subject.snapshot, test, this.#mint);
    this.keyless = this.#keys.keyless;
  }

  /** Compiles the snapshot as it is now; errors are for the caller to look at. */
  async compile(): Promise<{ compiled: CompiledSnapshot; errors: readonly Finding[] }> {
    const findings = new Findings(this.subject.provenance);
    const compiled = compileSnapshot(this.subject.snapshot, {
      findings,
      clock: this.#clock,
      jwks: this.#keys,
    });
    this.#clock.set(this.test.nowMs);
    await compiled.prepare('all');
    return { compiled, errors: findings.list.filter(({ severity }) => severity === 'error') };
  }

  async play(compiled: CompiledSnapshot): Promise<CaseResult[]> {
    const results: CaseResult[] = [];
    const stage = { compiled, clock: this.#clock, mint: this.#mint };
    for (const policyCase of this.test.cases) results.push(await playCase(policyCase, stage));
    return results;
  }

  /** Index of the first case that is not as expected; null when all are. @param order in which cases are asked */
  async firstFailure(compiled: CompiledSnapshot, order: readonly number[]): Promise<number | null> {
    const stage = { compiled, clock: this.#clock, mint: this.#mint };
    for (const index of order) {
      const policyCase = this.test.cases[index];
      if (policyCase === undefined) continue;
      if ((await playCase(policyCase, stage)).mismatches.length > 0) return index;
    }
    return null;
  }
}
