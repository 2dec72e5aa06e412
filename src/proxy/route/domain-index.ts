import { lowerAscii } from '../../core/match/index.ts';

/**
 * Finds a virtual host by the request's authority: exact domain, then the longest `*.suffix`, then the longest `prefix.*`, then
 * `*`. Letters count in any case, a port is part of the name (Envoy: config_impl.cc).
 */
export class DomainIndex<Host> {
  readonly #exact = new Map<string, Host>();
  readonly #suffixes = new Wildcards<Host>();
  readonly #prefixes = new Wildcards<Host>();
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
    return (
      this.#exact.get(name) ??
      this.#suffixes.find((length) => name.slice(-length), name.length) ??
      this.#prefixes.find((length) => name.slice(0, length), name.length) ??
      this.#any
    );
  }
}

/** Wildcards by their length, longest first. A star stands for at least one character. */
class Wildcards<Host> {
  readonly #byText = new Map<string, Host>();
  #lengths: number[] = [];

  add(text: string, host: Host): boolean {
    if (this.#byText.has(text)) return false;
    this.#byText.set(text, host);
    if (!this.#lengths.includes(text.length)) {
      this.#lengths.push(text.length);
      this.#lengths.sort((a, b) => b - a);
    }
    return true;
  }

  find(cut: (length: number) => string, nameLength: number): Host | undefined {
    for (const length of this.#lengths) {
      if (length >= nameLength) continue;
      const host = this.#byText.get(cut(length));
      if (host !== undefined) return host;
    }
    return undefined;
  }
}
