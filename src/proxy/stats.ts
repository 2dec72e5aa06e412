/** Counters under one prefix. A counter is asked for once, when a configuration is compiled; counting is an array increment. */
export interface StatsScope {
  counter(name: string): Counter;
  gauge(name: string): Gauge;
  scope(prefix: string): StatsScope;
}

/** A number that only grows. */
export interface Counter {
  increment(): void;
}

/** A number that goes up and down. */
export interface Gauge {
  add(change: number): void;
  set(value: number): void;
}

const NOTHING: Counter & Gauge = { increment() {}, add() {}, set() {} };

/** Counters that nobody reads. */
export const uncounted: StatsScope = {
  counter: () => NOTHING,
  gauge: () => NOTHING,
  scope: () => uncounted,
};

/**
 * The counters of one worker: names, and their values in one shared array that the control thread reads without a message.
 * Only the owner writes. What the array has no room for is not counted: that is no reason not to serve.
 */
export class Stats implements StatsScope {
  readonly #names: Map<string, number>;
  readonly #values: Float64Array;
  readonly #prefix: string;

  constructor(
    buffer: SharedArrayBuffer = new SharedArrayBuffer(8 * 4096),
    names: Map<string, number> = new Map(),
    prefix = '',
  ) {
    this.#values = new Float64Array(buffer);
    this.#names = names;
    this.#prefix = prefix;
  }

  scope(prefix: string): StatsScope {
    return new Stats(this.#values.buffer as SharedArrayBuffer, this.#names, this.#prefix + prefix);
  }

  counter(name: string): Counter {
    return this.#cell(name);
  }

  gauge(name: string): Gauge {
    return this.#cell(name);
  }

  /** Names in the order of their places in the shared array. */
  get names(): readonly string[] {
    return [...this.#names.keys()];
  }

  #cell(name: string): Counter & Gauge {
    const full = this.#prefix + name;
    let index = this.#names.get(full);
    if (index === undefined) {
      index = this.#names.size;
      if (index >= this.#values.length) return NOTHING;
      this.#names.set(full, index);
    }
    return new Cell(this.#values, index);
  }

  /** Every counter's full name and value, sorted by name. */
  read(): [name: string, value: number][] {
    const rows = [...this.#names].map(([name, index]): [string, number] => [
      name,
      this.#values[index] as number,
    ]);
    return rows.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

class Cell implements Counter, Gauge {
  readonly #values: Float64Array;
  readonly #index: number;

  constructor(values: Float64Array, index: number) {
    this.#values = values;
    this.#index = index;
  }

  increment(): void {
    this.#values[this.#index]!++;
  }

  add(change: number): void {
    this.#values[this.#index]! += change;
  }

  set(value: number): void {
    this.#values[this.#index] = value;
  }
}
