/** A set of cells of a product of dimensions, as one set of indexes per dimension. */
export type Box = readonly (readonly number[])[];

/** Covers cells by boxes: from a cell as far as each dimension goes, one after the other, until no cell is left. */
export function coverByBoxes(cells: readonly (readonly number[])[], sizes: readonly number[]): Box[] {
  const left = new Map(cells.map((cell) => [keyOf(cell), cell]));
  const all = new Set(left.keys());
  const boxes: Box[] = [];
  for (const cell of cells) {
    if (!left.has(keyOf(cell))) continue;
    const box = grow(cell, sizes, all);
    boxes.push(box);
    for (const covered of cellsOf(box)) left.delete(keyOf(covered));
  }
  return boxes;
}

const keyOf = (cell: readonly number[]) => cell.join(',');

function grow(cell: readonly number[], sizes: readonly number[], all: ReadonlySet<string>): Box {
  let box: number[][] = cell.map((index) => [index]);
  for (const [place, size] of sizes.entries()) {
    const found: number[] = [];
    for (let index = 0; index < size; index++) {
      const slice = box.with(place, [index]);
      if (cellsOf(slice).every((other) => all.has(keyOf(other)))) found.push(index);
    }
    box = box.with(place, found);
  }
  return box;
}

export function cellsOf(box: Box): number[][] {
  return box.reduce<number[][]>(
    (heads, indexes) => heads.flatMap((head) => indexes.map((index) => [...head, index])),
    [[]],
  );
}
