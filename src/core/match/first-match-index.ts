import type { ClueSource, Hint, ValueClue } from './hint.ts';
import { PathIndex, type PathKey } from './path-index.ts';

/** One entry of an ordered list of which the first that matches counts. */
export interface Candidate<Subject> {
  /** The whole test, what its hint says included: the index only narrows down whom to ask. */
  accepts(path: string, subject: Subject): boolean;
  readonly hint: Hint<Subject>;
}

/**
 * Finds the first entry of a list that accepts a subject, asking only those that have a chance: by their paths, or by texts that they
 * want somewhere (a claim, a header). Each is found by what fewest others share. The answer is that of asking one after another; the
 * cost does not grow with entries that want something else.
 */
export class FirstMatchIndex<Subject, Entry extends Candidate<Subject>> {
  readonly entries: readonly Entry[];
  readonly #byPath: PathIndex<Subject, Entry>;
  readonly #lookups: readonly Lookup<Subject>[];

  constructor(entries: readonly Entry[]) {
    this.entries = entries;
    const shared = countShared(entries);
    const choices = entries.map(({ hint }) => choose(hint, shared));
    this.#byPath = new PathIndex(
      entries,
      choices.map((choice) => choice?.leaves.filter(isPath).map(({ key }) => key) ?? null),
    );
    this.#lookups = lookupsOf(choices);
  }

  /** @param path without query */
  first(path: string, subject: Subject): Entry | null {
    let best = this.#byPath.first(path, subject);
    for (const lookup of this.#lookups) best = this.#firstIn(lookup, path, subject, best);
    return best < this.entries.length ? (this.entries[best] as Entry) : null;
  }

  #firstIn({ source, places }: Lookup<Subject>, path: string, subject: Subject, bound: number): number {
    const found: number[][] = [];
    source.collect(subject, places, found);
    let best = bound;
    // A client may say one text as often as it likes.
    for (const orders of found.length > 1 ? new Set(found) : found)
      best = this.#byPath.ask(orders, path, subject, best);
    return best;
  }
}

type Leaf<Subject> = Extract<Hint<Subject>, { kind: 'path' | 'value' }>;

/** By what an entry is found. */
interface Choice<Subject> {
  leaves: readonly Leaf<Subject>[];
  /** How many entries are found by the commonest of its texts; a little more where that is no path, which costs least to look up. */
  shared: number;
}

interface Lookup<Subject> {
  source: ClueSource<Subject>;
  /** Place, text, and the entries there in their order. */
  places: Map<string, Map<string, number[]>>;
}

const isPath = <Subject>(leaf: Leaf<Subject>) => leaf.kind === 'path';

function namesOf<Subject>(leaf: Leaf<Subject>): readonly string[] {
  if (leaf.kind === 'path') return [nameOfKey(leaf.key)];
  const { source, place, texts } = leaf.clue;
  return texts.map((text) => `${source.name}\n${place}\n${text}`);
}

const nameOfKey = ({ kind, text, ignoreCase }: PathKey) => `path ${kind} ${ignoreCase}\n${text}`;

/** How many entries could be found by each path and each text. */
function countShared<Subject>(entries: readonly Candidate<Subject>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { hint } of entries) {
    for (const name of new Set(leavesOf(hint).flatMap(namesOf)))
      counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function leavesOf<Subject>(hint: Hint<Subject>): readonly Leaf<Subject>[] {
  if (hint === null) return [];
  return 'members' in hint ? hint.members.flatMap(leavesOf) : [hint];
}

/** null: nothing to find it by. Of equally rare ones the first is chosen. */
function choose<Subject>(hint: Hint<Subject>, shared: ReadonlyMap<string, number>): Choice<Subject> | null {
  if (hint === null) return null;
  if (!('members' in hint)) {
    const most = namesOf(hint).reduce((known, name) => Math.max(known, shared.get(name) ?? 0), 0);
    return { leaves: [hint], shared: hint.kind === 'path' ? most : most + 0.5 };
  }
  const choices = hint.members.map((member) => choose(member, shared));
  if (hint.kind === 'all') return choices.reduce(rarer, null);
  if (choices.includes(null)) return null;
  const needed = choices as Choice<Subject>[];
  return {
    leaves: needed.flatMap(({ leaves }) => leaves),
    shared: needed.reduce((most, choice) => Math.max(most, choice.shared), 0),
  };
}

function rarer<Subject>(best: Choice<Subject> | null, other: Choice<Subject> | null): Choice<Subject> | null {
  if (best === null || other === null) return best ?? other;
  return other.shared < best.shared ? other : best;
}

function lookupsOf<Subject>(choices: readonly (Choice<Subject> | null)[]): readonly Lookup<Subject>[] {
  const lookups = new Map<string, Lookup<Subject>>();
  for (const [order, choice] of choices.entries()) {
    for (const leaf of choice?.leaves ?? []) if (leaf.kind === 'value') add(lookups, leaf.clue, order);
  }
  return [...lookups.values()];
}

function add<Subject>(
  lookups: Map<string, Lookup<Subject>>,
  { source, place, texts }: ValueClue<Subject>,
  order: number,
): void {
  const { places } = valueIn(lookups, source.name, () => ({ source, places: new Map() }));
  const byText = valueIn(places, place, () => new Map<string, number[]>());
  for (const text of texts) {
    const orders = valueIn<number[]>(byText, text, () => []);
    // An entry may name one text twice.
    if (orders.at(-1) !== order) orders.push(order);
  }
}

function valueIn<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
