import { Random } from '../fuzz/random.ts';

/** A seeded source of choices with the shapes that a generator needs. */
export class Choose extends Random {
  /** The value with a probability, else nothing. */
  maybe<T>(probability: number, make: () => T): T | undefined {
    return this.chance(probability) ? make() : undefined;
  }

  /** `{[name]: value}` with a probability, to be spread. */
  field<T>(probability: number, name: string, make: () => T): { [name: string]: T } {
    return this.chance(probability) ? { [name]: make() } : {};
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  list<T>(low: number, high: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.between(low, high) }, (_, index) => make(index));
  }

  /** Some of them, each at most once, in a chance order. */
  some<T>(low: number, high: number, choices: readonly T[]): T[] {
    const left = [...choices];
    const count = Math.min(left.length, this.between(low, high));
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0] as T);
  }

  /** One of the makers, by weight. */
  weighted<T>(choices: readonly (readonly [weight: number, make: () => T])[]): T {
    let at = this.fraction() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, make] of choices) {
      at -= weight;
      if (at < 0) return make();
    }
    const [, last] = choices.at(-1) as (typeof choices)[number];
    return last();
  }
}

/** A generator of its own for each case, so that any case can be made again alone. */
export function chooseFor(seed: number, index: number): Choose {
  return new Choose(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
}
