import { PathIndex, type PathKey, type ValueClue } from '../match/index.ts';
import type { RbacSubject } from './condition.ts';
import type { Policy } from './engine.ts';

/**
 * Finds the first policy that matches, asking only those that have a chance: by their paths, or by a text that they want at one place
 * (a claim, a header). Of the two, each policy is found by what fewer others share. The answer is that of asking one after another.
 */
export class PolicyIndex {
  readonly #byPath: PathIndex<RbacSubject, Ordered>;
  readonly #places: ReadonlyMap<string, Place>;

  constructor(policies: readonly Policy[]) {
    const shared = countShared(policies);
    const places = new Map<string, Place>();
    const rest: Ordered[] = [];
    for (const [order, policy] of policies.entries()) {
      const clues = cluesIfRarer(policy, shared);
      if (clues === null) rest.push(new Ordered(order, policy));
      for (const clue of clues ?? []) addClue(places, clue, new Ordered(order, policy));
    }
    this.#byPath = new PathIndex(rest);
    this.#places = places;
  }

  first(path: string, subject: RbacSubject): Policy | null {
    let best = this.#byPath.first(path, subject);
    for (const { clue, policies } of this.#places.values()) {
      for (const text of clue.read(subject)) best = firstOf(policies.get(text), best, path, subject);
    }
    return best === null ? null : best.policy;
  }
}

class Ordered {
  readonly order: number;
  readonly policy: Policy;
  readonly keys: readonly PathKey[] | null;

  constructor(order: number, policy: Policy) {
    this.order = order;
    this.policy = policy;
    this.keys = policy.keys;
  }

  accepts(path: string, subject: RbacSubject): boolean {
    return this.policy.accepts(path, subject);
  }
}

interface Place {
  clue: ValueClue<RbacSubject>;
  policies: Map<string, Ordered[]>;
}

function firstOf(
  candidates: readonly Ordered[] | undefined,
  best: Ordered | null,
  path: string,
  subject: RbacSubject,
): Ordered | null {
  for (const candidate of candidates ?? []) {
    if (best !== null && candidate.order >= best.order) return best;
    if (candidate.accepts(path, subject)) return candidate;
  }
  return best;
}

function addClue(places: Map<string, Place>, clue: ValueClue<RbacSubject>, policy: Ordered): void {
  const place = places.get(clue.place) ?? { clue, policies: new Map<string, Ordered[]>() };
  places.set(clue.place, place);
  for (const text of clue.texts) {
    const policies = place.policies.get(text);
    if (policies === undefined) place.policies.set(text, [policy]);
    else if (policies.at(-1)?.policy !== policy.policy) policies.push(policy);
  }
}

/** How many policies could be found by each path and each text. */
function countShared(policies: readonly Policy[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { keys, clues } of policies) {
    for (const name of (keys ?? []).map(nameOfKey)) count(name);
    for (const name of (clues ?? []).flatMap(namesOfClue)) count(name);
  }
  return counts;
}

const nameOfKey = ({ kind, text, ignoreCase }: PathKey) => `path ${kind} ${ignoreCase} ${text}`;
const namesOfClue = ({ place, texts }: ValueClue<RbacSubject>) => texts.map((text) => `${place}\n${text}`);

/** null where the policy is better found by its path, or has to be asked always. */
function cluesIfRarer(
  { keys, clues }: Policy,
  shared: ReadonlyMap<string, number>,
): readonly ValueClue<RbacSubject>[] | null {
  if (clues === null || keys === null) return clues;
  const most = (names: readonly string[]) =>
    names.reduce((worst, name) => Math.max(worst, shared.get(name) ?? 0), 0);
  return most(clues.flatMap(namesOfClue)) < most(keys.map(nameOfKey)) ? clues : null;
}
