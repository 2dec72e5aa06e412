import type { ListStringMatcher } from '#schema/envoy/type/matcher/v3/string_pb.js';
import { compileStringMatcher, type StringMatcher } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { refuseInto } from '../../refusals.ts';

/** Which header names are meant. */
export class NameList {
  readonly #patterns: readonly StringMatcher[];

  constructor(patterns: readonly StringMatcher[]) {
    this.#patterns = patterns;
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  /** @param name in lower case */
  has(name: string): boolean {
    return this.#patterns.some((pattern) => pattern.matches(name));
  }
}

/** Compiles a list of patterns; errors go to the findings. */
export function compileNameList(config: ListStringMatcher | undefined, findings: Findings): NameList {
  const patterns = (config?.patterns ?? []).map((one) => compileStringMatcher(one, refuseInto(findings)));
  return new NameList(patterns.filter((one) => one !== null));
}
