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
  const explored: Explored<T>[] = [];
  let all = 1;
  if (randomValue === null) all = await exploreNumbers(play, explored);
  else await follow(new NumberClass(randomValue, 1), play, explored);
  return explored
    .map(({ numbers, odds, drawn, result }) => ({ share: (odds * numbers.count) / all, drawn, result }))
    .toSorted((a, b) => b.share - a.share);
}

interface Explored<T> {
  numbers: NumberClass;
  /** Of the draws among requests with such a number. */
  odds: number;
  drawn: Drawn;
  result: T;
}

/**
 * Goes through the numbers until all answers come again, and plays the first of each class.
 * @returns how many numbers there are
 */
async function exploreNumbers<T>(
  play: (chance: Chance) => Promise<T>,
  explored: Explored<T>[],
): Promise<number> {
  const classes: NumberClass[] = [];
  let end = 1;
  let at = -1;
  for (let number = 0; number < end; ) {
    at = classAt(number, classes, at + 1);
    if (at < 0 && explored.length < BRANCHES_MAX) {
      const numbers = new NumberClass(number, 0);
      await follow(numbers, play, explored);
      at = classes.push(numbers) - 1;
      end = periodOf(classes);
    }
    const found = classes[at];
    const step = Math.min(found?.run(number) ?? 1, end - number);
    if (found !== undefined) found.count += step;
    number += step;
  }
  return end;
}

/** @param likely classes follow one another in some order again and again: where to look first. @returns -1: no class has the number */
function classAt(number: number, classes: readonly NumberClass[], likely: number): number {
  for (let tried = 0; tried < classes.length; tried++) {
    const index = (likely + tried) % classes.length;
    if ((classes[index] as NumberClass).run(number) > 0) return index;
  }
  return -1;
}

/** Plays a number once for each thing that draws can say of it. */
async function follow<T>(
  numbers: NumberClass,
  play: (chance: Chance) => Promise<T>,
  explored: Explored<T>[],
): Promise<void> {
  let draws: readonly boolean[] | null = [];
  while (draws !== null && explored.length < BRANCHES_MAX) {
    const chance: FollowedChance = new FollowedChance(numbers, draws);
    const result = await play(chance);
    const { taken, odds } = chance;
    explored.push({ numbers, odds, drawn: { randomValue: numbers.first, draws: taken }, result });
    draws = otherThan(taken);
  }
}

/** The numbers for which every question has had the same answer. */
class NumberClass {
  readonly first: number;
  /** How many of them there are. */
  count: number;
  readonly #asked = new Map<string, { bounds: readonly number[]; part: number }>();

  constructor(first: number, count: number) {
    this.first = first;
    this.count = count;
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
