/**
 * The candidate closest to what was written, if it is close enough to be what was meant; else the only one that it is a part of.
 * Case and `_` do not count.
 */
export function nearMiss(
  written: string,
  candidates: Iterable<string>,
  distanceMax?: number,
): string | undefined {
  const names = [...candidates];
  return closest(written, names, distanceMax) ?? onlyOneWith(written, names);
}

/**
 * Guesses for one configuration. The first are made whatever they cost; where there are thousands of wrong names and thousands that
 * they may stand for, the later ones are not.
 */
export class Guesses {
  /** Names that may still be compared. */
  #left = 50_000;

  nearMiss(written: string, candidates: () => Iterable<string>): string | undefined {
    if (this.#left <= 0) return undefined;
    const names = [...candidates()];
    this.#left -= names.length;
    return nearMiss(written, names);
  }
}

function closest(
  written: string,
  candidates: readonly string[],
  distanceMax = Math.max(1, Math.floor(flatten(written).length / 3)),
): string | undefined {
  const plain = flatten(written);
  let best: string | undefined;
  let bestDistance = distanceMax + 1;
  for (const candidate of candidates) {
    const distance = editDistance(plain, flatten(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Shorter pieces are in too many names. */
const PART_LENGTH_MIN = 4;

function onlyOneWith(written: string, candidates: readonly string[]): string | undefined {
  const part = flatten(written);
  if (part.length < PART_LENGTH_MIN) return undefined;
  const whole = candidates.filter((candidate) => flatten(candidate).includes(part));
  const starting = whole.filter((candidate) => flatten(candidate).startsWith(part));
  const found = starting.length > 0 ? starting : whole;
  return found.length === 1 ? found[0] : undefined;
}

const flatten = (name: string) => name.toLowerCase().replaceAll('_', '').replaceAll('-', '');

/** Insertions, deletions, substitutions and swaps of neighbours; gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let leastBefore = 0;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(before, j - 2) + 1);
      current.push(cost);
      if (cost < least) least = cost;
    }
    if (least >= limit && leastBefore >= limit) return limit;
    leastBefore = least;
    before = previous;
    previous = current;
  }
  return at(previous, b.length);
}

const at = (row: readonly number[], index: number) => row[index] as number;
