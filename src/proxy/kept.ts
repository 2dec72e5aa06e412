/** Finds what was compiled before out of the same text under the same circumstances. */
export interface KeptScope {
  /** @param key all that the outcome depends on */
  take<T>(key: string, compile: () => T): T;
  /** All that the configuration says of a cluster: for keys of what keeps that cluster's answers. */
  clusterText(name: string): string;
}

interface Entry {
  key: string;
  made: unknown;
  /** What was taken while this was compiled: as long as it is kept they are. */
  parts: Entry[];
}

/**
 * What a configuration was compiled to, for the configuration that comes after it: what is compiled out of the same again is the very
 * same object and keeps what it has learned (fetched keys, verified tokens, used-up limits). Of several alike the first is found
 * first.
 */
export class Kept {
  readonly #before: ReadonlyMap<string, readonly Entry[]>;
  readonly #entries = new Map<string, Entry[]>();
  #whole: Entry | null = null;

  constructor(before?: Kept) {
    this.#before = before === undefined ? new Map() : before.#entries;
  }

  scope(name: string, clusterText: KeptScope['clusterText'] = () => ''): KeptScope {
    return { take: (key, compile) => this.#take(`${name} ${key}`, compile), clusterText };
  }

  #take<T>(key: string, compile: () => T): T {
    const known = this.#before.get(key)?.[this.#entries.get(key)?.length ?? 0];
    const entry = known ?? this.#compile(key, compile);
    this.#keep(entry);
    this.#whole?.parts.push(entry);
    return entry.made as T;
  }

  #compile(key: string, compile: () => unknown): Entry {
    const whole = this.#whole;
    const entry: Entry = { key, made: null, parts: [] };
    this.#whole = entry;
    try {
      entry.made = compile();
    } finally {
      this.#whole = whole;
    }
    return entry;
  }

  #keep(entry: Entry): void {
    const alike = this.#entries.get(entry.key) ?? [];
    if (alike.includes(entry)) return;
    this.#entries.set(entry.key, [...alike, entry]);
    for (const part of entry.parts) this.#keep(part);
  }
}
