/** One instruction of RE2's, by its place. */
export type Instruction =
  | { op: 'alt'; out: number; out1: number }
  | { op: 'byte'; out: number; low: number; high: number }
  | { op: 'capture' | 'begin' | 'end' | 'width' | 'nop'; out: number }
  | { op: 'match' | 'fail' };

interface Program {
  instructions: readonly Instruction[];
  start: number;
  /** It needs no loop before it that looks for a place to begin. */
  isAnchored: boolean;
}

/**
 * The number of instructions that are left when alternatives have become lists of what they lead to (RE2: Prog::Flatten). A place that is
 * led to from more than one list is a list by itself, and an instruction to go there.
 */
export function flattenedSize({ instructions: given, start: from, isAnchored }: Program): number {
  const instructions: Instruction[] = [...given];
  const start = withoutNops(instructions, from);
  const fail = instructions.push({ op: 'fail' }) - 1;
  const endless = endlessLoops(instructions);
  const first = isAnchored ? start : addSearchLoop(instructions, start);
  const lists = new Lists(instructions, endless);
  lists.markRoots([fail, first, start]);
  lists.markDominators([first, start]);
  return lists.size();
}

/** Loops over any bytes before the end, which are marked by an instruction of their own. */
function endlessLoops(instructions: readonly Instruction[]): Set<number> {
  const isLoop = (loop: number, byte: number, end: number) => {
    const one = instructions[byte];
    if (one?.op !== 'byte' || one.out !== loop || one.low !== 0 || one.high !== 255) return false;
    let last = instructions[end];
    while (last?.op === 'capture') last = instructions[last.out];
    return last?.op === 'match';
  };
  const found = instructions.flatMap((one, id) => {
    if (one.op !== 'alt') return [];
    return isLoop(id, one.out, one.out1) || isLoop(id, one.out1, one.out) ? [id] : [];
  });
  return new Set(found);
}

function addSearchLoop(instructions: Instruction[], start: number): number {
  const loop = instructions.length;
  instructions.push({ op: 'alt', out: start, out1: loop + 1 }, { op: 'byte', out: loop, low: 0, high: 255 });
  return loop;
}

function withoutNops(instructions: Instruction[], start: number): number {
  const end = (id: number): number => {
    let at = id;
    for (let one = instructions[at]; one?.op === 'nop'; one = instructions[at]) at = one.out;
    return at;
  };
  for (const [id, one] of instructions.entries()) {
    if (one.op === 'alt') instructions[id] = { ...one, out: end(one.out), out1: end(one.out1) };
    else if ('out' in one) instructions[id] = { ...one, out: end(one.out) };
  }
  return end(start);
}

class Lists {
  readonly #instructions: readonly Instruction[];
  readonly #endless: ReadonlySet<number>;
  readonly #roots = new Set<number>();
  /** Of what an alternative leads to: the alternatives that do. */
  readonly #before = new Map<number, number[]>();

  constructor(instructions: readonly Instruction[], endless: ReadonlySet<number>) {
    this.#instructions = instructions;
    this.#endless = endless;
  }

  markRoots(first: readonly number[]): void {
    for (const id of first) this.#roots.add(id);
    const seen = new Set<number>();
    const open = [...first];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      const one = this.#at(id);
      if (one.op === 'alt') {
        for (const out of [one.out, one.out1]) this.#before.set(out, [...(this.#before.get(out) ?? []), id]);
        open.push(one.out1, one.out);
      } else if ('out' in one) {
        this.#roots.add(one.out);
        open.push(one.out);
      }
    }
  }

  /** The last root that was found comes first. */
  markDominators(spared: readonly number[]): void {
    for (const root of [...this.#roots].slice(1).reverse()) {
      if (spared.includes(root)) continue;
      const { reached } = this.#reach(root);
      for (const id of reached) {
        if (this.#before.get(id)?.some((before) => !reached.has(before))) this.#roots.add(id);
      }
    }
  }

  size(): number {
    let size = 0;
    for (const root of this.#roots) size += this.#reach(root).emitted;
    return size;
  }

  /** What a list has: instructions, and a jump to each other list that it comes to. */
  #reach(root: number): { reached: Set<number>; emitted: number } {
    const reached = new Set<number>();
    let emitted = 0;
    const open = [root];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      const one = this.#at(id);
      const isInside = one.op === 'alt' && (id === root || !this.#roots.has(id));
      if (isInside) open.push(one.out1, one.out);
      if (!isInside || this.#endless.has(id)) emitted++;
    }
    return { reached, emitted };
  }

  #at(id: number): Instruction {
    return this.#instructions[id] as Instruction;
  }
}
