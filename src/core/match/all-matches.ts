import type { RE2JS } from 're2js';

/** An instruction of the engine's, whose programs are laid out as Go's. */
interface Instruction {
  op: number;
  out: number;
  arg: number;
  runes: ArrayLike<number>;
  matchRune(rune: number): boolean;
}

/** An instruction that takes a byte. */
interface Reader {
  id: number;
  one: Instruction;
}

/** What every match begins with, and whether only the text's start can begin one. */
interface Beginning {
  text: string;
  isAnchored: boolean;
}

const ALT = 1;
const ALT_MATCH = 2;
const CAPTURE = 3;
const EMPTY_WIDTH = 4;
const FAIL = 5;
const MATCH = 6;
const NOP = 7;
const FOLD_CASE = 1;

const BEGIN_LINE = 1;
const END_LINE = 2;
const BEGIN_TEXT = 4;
const END_TEXT = 8;
const WORD_BOUNDARY = 16;
const NO_WORD_BOUNDARY = 32;

/** States that are kept from one text to the next; the next one drops them all. */
const STATES_MAX = 512;

/** What a place of the text allows: from which instructions a match is still to be had there. */
interface State {
  /** By the instruction: the character 1 where there is a match. A string is half an array's cost, and the state's name too. */
  live: string;
  isStart: boolean;
  /** The states of the place before it, by that place's byte, and its conditions where it has any; null: it was met once alone. */
  before: State[] | null;
  beforeWith: Map<number, State> | null;
}

/**
 * Finds all matches of a program in a byte string, one after the other, as RE2 does (leftmost, and of those the first by the expression's
 * priorities), in time linear in the text's length whatever the expression. A search for each match by itself reads on to the text's end to
 * learn that a longer match is none, again and again. Here a pass from the text's end notes first, as states of an automaton that is made on
 * the way, which instructions lead to a match from which place; then each match is walked without a wrong turn.
 */
export class AllMatches {
  /** Instructions and places looked at so far, of all texts. */
  steps = 0;
  readonly #instructions: readonly Instruction[];
  readonly #start: number;
  readonly #groups: number;
  /** Those that the program asks for. */
  readonly #conditions: number;
  readonly #beginning: Beginning;
  /** The instructions that lead to one without a byte between. */
  readonly #leadingTo: readonly (readonly number[])[];
  readonly #ends: readonly number[];
  readonly #readers: readonly Reader[];
  /** Those of the readers that take a byte, by the byte. */
  readonly #takers: (readonly Reader[])[] = [];
  /** Where a state is made. */
  readonly #live: Buffer;
  readonly #states = new Map<string, State>();
  /** Per instruction the last walk's step that came by. */
  readonly #seen: Float64Array;
  #step = 0;

  constructor(program: RE2JS) {
    const { inst, start } = program.re2().prog as { inst: readonly Instruction[]; start: number };
    this.#instructions = inst;
    this.#start = start;
    this.#groups = program.groupCount();
    this.#conditions = inst.reduce((all, { op, arg }) => (op === EMPTY_WIDTH ? all | arg : all), 0);
    this.#beginning = beginningOf(inst, start);
    this.#leadingTo = leadingTo(inst);
    const all = inst.map((one, id) => ({ one, id }));
    this.#ends = all.filter(({ one }) => one.op === MATCH).map(({ id }) => id);
    this.#readers = all.filter(({ one }) => one.op > NOP);
    this.#live = Buffer.alloc(inst.length);
    this.#seen = new Float64Array(inst.length);
  }

  /**
   * Finds the first match that starts at a place or later, for each place that is asked of.
   * @returns null: there is none at all; a search's answer: the starts and ends of the match and its groups, -1 for a group that took no part,
   *   or null
   */
  of(bytes: string): ((from: number) => Int32Array | null) | null {
    const { text, isAnchored } = this.#beginning;
    if (isAnchored ? !bytes.startsWith(text) : !bytes.includes(text)) return null;
    const states = this.#statesOf(bytes);
    return (from) => {
      let at = from;
      while (states[at]?.isStart === false) at++;
      this.steps += at - from;
      return at < states.length ? this.#walk(states, at) : null;
    };
  }

  #statesOf(bytes: string): readonly State[] {
    const states = new Array<State>(bytes.length + 1);
    let state = this.#stateOf([...this.#ends], this.#conditionsAt(bytes, bytes.length));
    states[bytes.length] = state;
    this.steps += bytes.length;
    for (let at = bytes.length - 1; at >= 0; at--) {
      state = this.#before(state, bytes.charCodeAt(at), this.#conditionsAt(bytes, at));
      states[at] = state;
    }
    return states;
  }

  #conditionsAt(bytes: string, at: number): number {
    return this.#conditions === 0 ? 0 : conditionsAt(bytes, at) & this.#conditions;
  }

  #before(after: State, byte: number, conditions: number): State {
    const known = conditions === 0 ? after.before?.[byte] : after.beforeWith?.get((conditions << 8) | byte);
    if (known !== undefined) return metAgain(known);
    const made = this.#stateOf(this.#takersOf(byte, after), conditions);
    if (after.before === null) return made;
    if (conditions === 0) after.before[byte] = made;
    else {
      after.beforeWith ??= new Map();
      after.beforeWith.set((conditions << 8) | byte, made);
    }
    return made;
  }

  /** The instructions that end the match, or take the byte and lead to a match after it. */
  #takersOf(byte: number, after: State): number[] {
    let takers = this.#takers[byte];
    if (takers === undefined) {
      takers = this.#readers.filter(({ one }) => one.matchRune(byte));
      this.#takers[byte] = takers;
    }
    this.steps += takers.length;
    const leading = [...this.#ends];
    for (const { id, one } of takers) if (after.live.charCodeAt(one.out) === 1) leading.push(id);
    return leading;
  }

  /** @param open the instructions that take the byte or end the match; used up */
  #stateOf(open: number[], conditions: number): State {
    const live = this.#live.fill(0);
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (live[id] === 1) continue;
      this.steps++;
      live[id] = 1;
      for (const from of this.#leadingTo[id] as readonly number[]) {
        const { op, arg } = this.#instructions[from] as Instruction;
        if (op !== EMPTY_WIDTH || (arg & ~conditions) === 0) open.push(from);
      }
    }
    return this.#named(live.toString('latin1'));
  }

  #named(live: string): State {
    const known = this.#states.get(live);
    if (known !== undefined) return metAgain(known);
    if (this.#states.size >= STATES_MAX) this.#states.clear();
    const state = { live, isStart: live.charCodeAt(this.#start) === 1, before: null, beforeWith: null };
    this.#states.set(live, state);
    return state;
  }

  /** A match that is known to start at the place. */
  #walk(states: readonly State[], start: number): Int32Array {
    const groups = new Int32Array(2 * (this.#groups + 1)).fill(-1);
    let at = start;
    let id = this.#settle(this.#start, states[at] as State, at, groups);
    for (let one = this.#instructions[id]; one?.op !== MATCH; one = this.#instructions[id]) {
      at++;
      id = this.#settle(one?.out ?? 0, states[at] as State, at, groups);
    }
    groups[0] = start;
    groups[1] = at;
    return groups;
  }

  /**
   * The first instruction by priority, of those that take a byte or end the match, that the given one leads to and that leads to a match. An
   * instruction that was come by at this place counts no more: a loop goes round without a byte only once (RE2: NFA::AddToThreadq).
   */
  #settle(from: number, { live }: State, at: number, groups: Int32Array): number {
    this.#step++;
    /** Other ways by their instruction, and groups' former ends, by the complement of their slot, with the end after it. */
    const open: number[] = [];
    for (let id = from; ; ) {
      this.steps++;
      if (live.charCodeAt(id) === 0 || this.#seen[id] === this.#step) {
        id = backtrack(open, groups);
        continue;
      }
      this.#seen[id] = this.#step;
      const { op, out, arg } = this.#instructions[id] as Instruction;
      if (op === MATCH || op > NOP) return id;
      if (op === ALT || op === ALT_MATCH) open.push(arg);
      if (op === CAPTURE && arg < groups.length) {
        open.push(groups[arg] as number, ~arg);
        groups[arg] = at;
      }
      id = out;
    }
  }
}

function metAgain(state: State): State {
  state.before ??= [];
  return state;
}

function backtrack(open: number[], groups: Int32Array): number {
  let id = open.pop() as number;
  for (; id < 0; id = open.pop() as number) groups[~id] = open.pop() as number;
  return id;
}

function beginningOf(instructions: readonly Instruction[], start: number): Beginning {
  const beginning: Beginning = { text: '', isAnchored: false };
  for (let one = instructions[start] as Instruction; ; one = instructions[one.out] as Instruction) {
    const { op, arg, runes } = one;
    if (op === EMPTY_WIDTH) beginning.isAnchored ||= beginning.text === '' && (arg & BEGIN_TEXT) !== 0;
    else if (op > NOP && runes.length === 1 && (arg & FOLD_CASE) === 0) {
      beginning.text += String.fromCharCode(runes[0] as number);
    } else if (op !== CAPTURE && op !== NOP) return beginning;
  }
}

function leadingTo(instructions: readonly Instruction[]): number[][] {
  const leading: number[][] = instructions.map(() => []);
  for (const [id, { op, out, arg }] of instructions.entries()) {
    if (op > NOP || op === FAIL || op === MATCH) continue;
    leading[out]?.push(id);
    if (op === ALT || op === ALT_MATCH) leading[arg]?.push(id);
  }
  return leading;
}

/** What the place before the byte is, for `^`, `$` and `\b`. */
function conditionsAt(bytes: string, at: number): number {
  const before = at === 0 ? -1 : bytes.charCodeAt(at - 1);
  const after = at === bytes.length ? -1 : bytes.charCodeAt(at);
  let conditions = isWord(before) === isWord(after) ? NO_WORD_BOUNDARY : WORD_BOUNDARY;
  if (before === -1) conditions |= BEGIN_TEXT | BEGIN_LINE;
  if (before === 10) conditions |= BEGIN_LINE;
  if (after === -1) conditions |= END_TEXT | END_LINE;
  if (after === 10) conditions |= END_LINE;
  return conditions;
}

function isWord(byte: number): boolean {
  return (
    (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte === 95
  );
}
