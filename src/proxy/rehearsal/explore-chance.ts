import { type Chance, type Drawn, partOf } from '../chance.ts';

/** What becomes of those requests for which chance says the same. */
export interface Branch<T> {
  /** Of all requests, in (0, 1]. */
  share: number;
  drawn: Drawn;
  result: T;
}

/** More ways than this are not followed; what is left is told as a share. */
const BRANCHES_MAX = 64;
/** Beyond so many numbers a share is an estimate from the first ones. */
const NUMBERS_MAX = 2 ** 24;

/**
 * Plays a request once for each thing that chance can say of it: once, where nobody asks chance.
 * @param play is to ask nothing but the chance that it is given, and to do the same when it is told the same
 * @param randomValue the request's own number, where it is known
 * @returns the likeliest first; their shares are less than 1 together where there are too many
 */
export async function exploreChance<T>(
  play: (chance: Chance) => Promise<T>,
  randomValue: number | null = null,
): Promise<Branch<T>[]> {
  const classes: NumberClass[] = [];
  const branches: { of: NumberClass; odds: number; drawn: Drawn; result: T }[] = [];
  let next = randomValue ?? 0;
  while (next >= 0 && branches.length < BRANCHES_MAX) {
    const numbers = new NumberClass(next);
    classes.push(numbers);
    let draws: readonly boolean[] | null = [];
    while (draws !== null && branches.length < BRANCHES_MAX) {
      const chance: FollowedChance = new FollowedChance(numbers, draws);
      const result = await play(chance);
      const { taken, odds } = chance;
      branches.push({ of: numbers, odds, drawn: { randomValue: numbers.first, draws: taken }, result });
      draws = otherThan(taken);
    }
    next = randomValue === null ? firstBeyond(classes) : -1;
  }
  const sizes = randomValue === null ? sizesOf(classes) : [1];
  return branches
    .map(({ of, odds, drawn, result }) => ({
      share: odds * (sizes[classes.indexOf(of)] ?? 0),
      drawn,
      result,
    }))
    .toSorted((a, b) => b.share - a.share);
}

/** The numbers for which every question has had the same answer. */
class NumberClass {
  readonly first: number;
  readonly #asked = new Map<string, { bounds: readonly number[]; part: number }>();

  constructor(first: number) {
    this.first = first;
  }

  ask(bounds: readonly number[]): number {
    const part = partOf(this.first, bounds);
    this.#asked.set(bounds.join(), { bounds, part });
    return part;
  }

  get moduli(): number[] {
    return [...this.#asked.values()].map(({ bounds }) => bounds.at(-1) as number);
  }

  /** How many numbers from this one on are all in it; 0: this one is not. */
  run(number: number): number {
    let length = Number.POSITIVE_INFINITY;
    for (const { bounds, part } of this.#asked.values()) {
      if (partOf(number, bounds) !== part) return 0;
      length = Math.min(length, (bounds[part] as number) - (number % (bounds.at(-1) as number)));
    }
    return length;
  }
}

class FollowedChance implements Chance {
  readonly #numbers: NumberClass;
  readonly #script: readonly boolean[];
  readonly taken: boolean[] = [];
  odds = 1;

  constructor(numbers: NumberClass, script: readonly boolean[]) {
    this.#numbers = numbers;
    this.#script = script;
  }

  part(bounds: readonly number[]): number {
    return this.#numbers.ask(bounds);
  }

  draws(share: number): boolean {
    const isDrawn = this.#script[this.taken.length] ?? true;
    this.taken.push(isDrawn);
    this.odds *= isDrawn ? share : 1 - share;
    return isDrawn;
  }
}

/** The last draw that won loses; null: all that can be drawn has been. */
function otherThan(taken: readonly boolean[]): boolean[] | null {
  const last = taken.lastIndexOf(true);
  return last < 0 ? null : [...taken.slice(0, last), false];
}

/** @returns -1 where every number is in a class */
function firstBeyond(classes: readonly NumberClass[]): number {
  const end = periodOf(classes);
  for (let number = 0; number < end; ) {
    const run = runFrom(classes, number);
    if (run.length === 0) return number;
    number += run.length;
  }
  return -1;
}

/** The share of each class. */
function sizesOf(classes: readonly NumberClass[]): number[] {
  const end = periodOf(classes);
  const counts = classes.map(() => 0);
  for (let number = 0; number < end; ) {
    const { length, index } = runFrom(classes, number);
    const step = Math.min(Math.max(length, 1), end - number);
    if (index >= 0) counts[index] = (counts[index] as number) + step;
    number += step;
  }
  return counts.map((count) => count / end);
}

/** Which class a number is in, and how many from it on are, too; a length of 0: it is in none. */
function runFrom(classes: readonly NumberClass[], number: number): { length: number; index: number } {
  for (const [index, one] of classes.entries()) {
    const length = one.run(number);
    if (length > 0) return { length, index };
  }
  return { length: 0, index: -1 };
}

/** After so many numbers all answers come again. */
function periodOf(classes: readonly NumberClass[]): number {
  const moduli = new Set(classes.flatMap(({ moduli: own }) => own));
  let period = 1;
  for (const modulus of moduli) {
    period = (period / greatestDivisor(period, modulus)) * modulus;
    if (period > NUMBERS_MAX) return NUMBERS_MAX;
  }
  return period;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
