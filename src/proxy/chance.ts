/** What chance has said of a request. */
export interface Drawn {
  /** The request's own number, a whole one below 2^48; null: nobody has asked for it. */
  randomValue: number | null;
  /** Answers of the other draws, in their order. */
  draws: readonly boolean[];
}

/** Chance's say in what becomes of a request: as much an input of its decision as its head is. */
export interface Chance {
  /**
   * Which part the request's own number falls into. Whoever chooses a route asks for the same number (Envoy: the stream's random value).
   * @param bounds where each part ends; the last one is what the number is taken modulo
   */
  part(bounds: readonly number[]): number;
  /** One more draw, of its own. @param share what is drawn of all, in (0, 1) */
  draws(share: number): boolean;
}

/** Numbers of 48 bits are random in every bit, which `Math.random` does not promise of more. */
const RANDOM_VALUES = 2 ** 48;

/** Draws as it is asked, and remembers it. */
export class DrawnChance implements Chance {
  #randomValue: number | null = null;
  readonly #draws: boolean[] = [];

  part(bounds: readonly number[]): number {
    this.#randomValue ??= Math.floor(Math.random() * RANDOM_VALUES);
    return partOf(this.#randomValue, bounds);
  }

  draws(share: number): boolean {
    const isDrawn = Math.random() < share;
    this.#draws.push(isDrawn);
    return isDrawn;
  }

  get drawn(): Drawn {
    return { randomValue: this.#randomValue, draws: this.#draws };
  }
}

/** Says what was said before; beyond that every draw wins, and the number is 0. */
export class ReplayedChance implements Chance {
  readonly #drawn: Drawn;
  #next = 0;

  constructor(drawn: Drawn) {
    this.#drawn = drawn;
  }

  part(bounds: readonly number[]): number {
    return partOf(this.#drawn.randomValue ?? 0, bounds);
  }

  draws(): boolean {
    return this.#drawn.draws[this.#next++] ?? true;
  }
}

/** @param bounds see `Chance` */
export function partOf(randomValue: number, bounds: readonly number[]): number {
  const number = randomValue % (bounds.at(-1) ?? 1);
  return bounds.findIndex((bound) => number < bound);
}
