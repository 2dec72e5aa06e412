import type { JwksFetcher, JwksRequest } from '../../proxy/rehearsal/index.ts';
import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import { readKeySet } from './token-keys.ts';

/** Remote key sets from files, and from the network where that is allowed; without either they are not known. */
export class GivenKeys implements JwksFetcher {
  readonly #texts = new Map<string, string>();
  readonly #asked = new Set<string>();
  readonly #network: JwksFetcher | null;

  /**
   * @param pairs `PROVIDER=FILE` each
   * @throws UserError when a file is no key set
   */
  constructor(pairs: readonly string[], network: JwksFetcher | null) {
    this.#network = network;
    for (const pair of pairs) {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new UserError('--jwks takes PROVIDER=FILE', EXIT.wrongUse);
      this.#texts.set(pair.slice(0, equals), readKeySet(pair.slice(equals + 1)));
    }
  }

  covers(provider: string): boolean {
    this.#asked.add(provider);
    return this.#texts.has(provider) || this.#network !== null;
  }

  knowsCluster(name: string): boolean {
    return this.#network?.knowsCluster?.(name) !== false;
  }

  async fetch(request: JwksRequest): Promise<string | null> {
    return this.#texts.get(request.provider) ?? this.#network?.fetch(request) ?? null;
  }

  /** Files that a dump names lie on another machine. */
  unread(provider: string): string | null {
    this.#asked.add(provider);
    return this.#texts.get(provider) ?? null;
  }

  /** @throws UserError when a key set is for no provider that fetches its keys */
  checkNames(): void {
    for (const name of this.#texts.keys()) {
      if (this.#asked.has(name)) continue;
      const known = [...this.#asked];
      const hint = known.length === 0 ? 'no provider fetches its keys' : `those that do: ${known.join(', ')}`;
      throw new UserError(`no provider \`${name}\` fetches its keys; ${hint}`, EXIT.wrongUse);
    }
  }
}
