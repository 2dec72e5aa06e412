import { lowerAscii } from '../../core/match/index.ts';

/**
 * Finds a virtual host by the request's authority: exact domain, then the longest `*.suffix`, then the longest `prefix.*`, then
 * `*`. Letters count in any case, a port is part of the name (Envoy: config_impl.cc).
 */
export class DomainIndex<Host> {
  readonly #exact = new Map<string, Host>();
  readonly #suffixes = new Wildcards<Host>('suffix');
  readonly #prefixes = new Wildcards<Host>('prefix');
  #any: Host | null = null;

  /** @returns false when the domain is taken already */
  add(domain: string, host: Host): boolean {
    const name = lowerAscii(domain);
    if (name === '*') {
      if (this.#any !== null) return false;
      this.#any = host;
      return true;
    }
    if (name.startsWith('*')) return this.#suffixes.add(name.slice(1), host);
    if (name.endsWith('*')) return this.#prefixes.add(name.slice(0, -1), host);
    if (this.#exact.has(name)) return false;
    this.#exact.set(name, host);
    return true;
  }

  find(authority: string): Host | null {
    const name = lowerAscii(authority);
    return this.#exact.get(name) ?? this.#suffixes.find(name) ?? this.#prefixes.find(name) ?? this.#any;
  }
}

/** Wildcards of one length. */
interface OfLength {
  length: number;
  /** The character next to the star, mostly a dot; MIXED: not all have the same. */
  edge: number;
}

const MIXED = -1;

/** Wildcards by their length, longest first. A star stands for at least one character. */
class Wildcards<Host> {
  readonly #side: 'prefix' | 'suffix';
  readonly #byText = new Map<string, Host>();
  readonly #lengths: OfLength[] = [];

  constructor(side: 'prefix' | 'suffix') {
    this.#side = side;
  }

  add(text: string, host: Host): boolean {
    if (this.#byText.has(text)) return false;
    this.#byText.set(text, host);
    const edge = this.#edgeOf(text, text.length);
    const known = this.#lengths.find(({ length }) => length === text.length);
    if (known === undefined) {
      this.#lengths.push({ length: text.length, edge });
      this.#lengths.sort((a, b) => b.length - a.length);
    } else if (known.edge !== edge) {
      known.edge = MIXED;
    }
    return true;
  }

  find(name: string): Host | undefined {
    for (const { length, edge } of this.#lengths) {
      if (length >= name.length || (edge !== MIXED && this.#edgeOf(name, length) !== edge)) continue;
      const host = this.#byText.get(this.#side === 'suffix' ? name.slice(-length) : name.slice(0, length));
      if (host !== undefined) return host;
    }
    return undefined;
  }

  /** Of the part of a name that a wildcard of this length would have. */
  #edgeOf(name: string, length: number): number {
    return name.charCodeAt(this.#side === 'suffix' ? name.length - length : length - 1);
  }
}
