import type { FilterStateRule } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { noteState, toByteString } from '../../../core/match/index.ts';
import type { FilterStream } from '../filter.ts';
import type { RequirementCompiler } from './requirement.ts';
import type { Verifier } from './verifier.ts';

/**
 * `filter_state_rules`, asked where no rule matches: a text that an earlier filter has left names the requirement. Without a `name` they
 * are never asked, for no text is left under an empty one (Envoy: filter_config.h).
 */
export class StateRules {
  readonly #origin: FilterStateRule;
  /** As byte strings. */
  readonly #key: string;
  readonly #requirements: ReadonlyMap<string, Verifier>;

  constructor(origin: FilterStateRule, compiler: RequirementCompiler) {
    this.#origin = origin;
    this.#key = toByteString(origin.name);
    this.#requirements = new Map(
      Object.entries(origin.requires).map(([text, required]) => [
        toByteString(text),
        compiler.compile(required),
      ]),
    );
  }

  /** @returns null where nothing is required; otherwise the step of the requirement stays open */
  select({ filterStateIfAny, recorder }: FilterStream): Verifier | null {
    const text = filterStateIfAny?.get(this.#key);
    const verifier = text === undefined ? undefined : this.#requirements.get(text);
    if (recorder !== null) {
      noteState(this.#origin.name, text, recorder);
      if (verifier !== undefined)
        recorder.open('rule', `the filter state requires ${verifier.wants}`, this.#origin);
    }
    return verifier ?? null;
  }
}
