/** One of a few values that stand for all: what the configurations cannot tell apart has one of them. */
export interface DimensionValue<Value> {
  /** For a person: `like /docs/~`, `expired`. */
  label: string;
  value: Value;
}

/** A part of a request that verdicts may depend on. */
export interface Dimension<Value> {
  name: string;
  values: readonly DimensionValue<Value>[];
}

/** All ways to choose one value of each list, up to a bound; above it each list is varied by itself around its first values. */
export function combinations<Value>(
  lists: readonly (readonly Value[])[],
  max: number,
): { rows: Value[][]; complete: boolean } {
  const size = lists.reduce((product, list) => product * list.length, 1);
  if (size <= max) {
    const rows = lists.reduce<Value[][]>(
      (heads, list) => heads.flatMap((head) => list.map((value) => [...head, value])),
      [[]],
    );
    return { rows, complete: true };
  }
  const base = lists.map((list) => list[0] as Value);
  const varied = lists.flatMap((list, place) => list.slice(1).map((value) => base.with(place, value)));
  return { rows: [base, ...varied], complete: false };
}
