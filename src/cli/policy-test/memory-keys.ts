import { readFileSync } from 'node:fs';
import type { JwtProvider } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { JwksFetcher, JwksRequest } from '../../proxy/rehearsal/index.ts';
import type { Snapshot } from '../../resources/index.ts';
import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import { managersOf } from '../snapshot-parts.ts';
import type { IssuerSpec, PolicyTest } from './policy-test.ts';
import type { TokenMint } from './token-mint.ts';

/**
 * Answers the fetches of key sets with the keys of the test's issuers: those whose tokens the asking provider takes. Keys that the
 * configuration holds itself are replaced likewise, where the test has that issuer.
 */
export class MemoryKeys implements JwksFetcher {
  /** Names of providers that no issuer of the test signs for. */
  readonly keyless: readonly string[];
  readonly #byUri = new Map<string, string>();

  constructor(snapshot: Snapshot, test: PolicyTest, mint: TokenMint) {
    const keyless: string[] = [];
    for (const [name, provider] of providersOf(snapshot)) {
      const issuers = [...test.issuers.values()].filter(
        ({ url }) => provider.issuer === '' || provider.issuer === url,
      );
      if (issuers.length === 0) keyless.push(name);
      else this.#provide(provider, jwksOf(issuers, mint));
    }
    this.keyless = keyless;
  }

  async fetch({ uri }: JwksRequest): Promise<string | null> {
    return this.#byUri.get(uri) ?? null;
  }

  #provide({ jwksSourceSpecifier: source }: JwtProvider, jwks: string): void {
    if (source.case === 'remoteJwks') this.#byUri.set(source.value.httpUri?.uri ?? '', jwks);
    if (source.case === 'localJwks') source.value.specifier = { case: 'inlineString', value: jwks };
  }
}

function providersOf(snapshot: Snapshot): [string, JwtProvider][] {
  return managersOf(snapshot)
    .flatMap(({ jwtFilters }) => jwtFilters)
    .flatMap(({ providers }) => Object.entries(providers));
}

function jwksOf(issuers: readonly IssuerSpec[], mint: TokenMint): string {
  const given = issuers.find(({ jwksFile }) => jwksFile !== undefined);
  return given === undefined ? mint.jwksOf(issuers) : readKeys(given.jwksFile as string);
}

function readKeys(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UserError(`cannot read the key set \`${file}\`; check the path`, EXIT.wrongUse);
  }
}
