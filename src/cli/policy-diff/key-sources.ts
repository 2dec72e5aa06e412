import type { JwtProvider } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { JwksFetcher, JwksRequest } from '../../proxy/rehearsal/index.ts';
import { type Snapshot, walkMessages } from '../../resources/index.ts';
import type { IssuerSpec, PolicyTest, TokenSpec } from '../policy-test/policy-test.ts';
import { TokenMint } from '../policy-test/token-mint.ts';

/** Where keys come from: an address, or the text of a set that the configuration holds. Two of one name have the same keys. */
export function keySourceOf({ jwksSourceSpecifier: source }: JwtProvider): string {
  if (source.case === 'remoteJwks') return source.value.httpUri?.uri ?? '';
  if (source.case !== 'localJwks') return '';
  const { specifier } = source.value;
  if (specifier.case === 'inlineBytes')
    return `local ${Buffer.from(specifier.value).toString('utf8').trim()}`;
  return sourceOfFile(String(specifier.value));
}

export const sourceOfFile = (file: string) => `local ${file.trim()}`;

/** Keys in a file or variable that nobody has read: that of the machine that a dump comes from. */
export function hasUnreadKeys({ jwksSourceSpecifier: source }: JwtProvider): boolean {
  if (source.case !== 'localJwks') return false;
  const { case: kind } = source.value.specifier;
  return kind === 'filename' || kind === 'environmentVariable';
}

/** A key of each source is made up, so that who signed a token is told apart by where a provider takes its keys from. */
export class KeySources implements JwksFetcher {
  readonly #tokens = new Map<string, TokenSpec>();
  readonly #issuers = new Map<string, IssuerSpec>();
  readonly #mint: TokenMint;

  constructor(providers: readonly JwtProvider[], nowMs: number) {
    const at = { file: '', line: 0, column: 0, length: 0 };
    for (const source of new Set(providers.map(keySourceOf))) {
      const name = `source ${this.#issuers.size}`;
      this.#issuers.set(source, { name, url: '', alg: 'ES256', jwksFile: undefined, at });
    }
    const issuers = new Map([...this.#issuers.values()].map((issuer) => [issuer.name, issuer]));
    const test: PolicyTest = {
      file: '',
      configs: [],
      workload: undefined,
      gateway: undefined,
      upstream: undefined,
      nowMs,
      issuers,
      tokens: this.#tokens,
      cases: [],
    };
    this.#mint = new TokenMint(test);
  }

  /** Puts the made-up keys in the place of those that the configuration holds. */
  replaceLocal(snapshot: Snapshot): void {
    walkMessages(snapshot.listeners, (message) => {
      if (message.$typeName !== 'envoy.extensions.filters.http.jwt_authn.v3.JwtProvider') return;
      const provider = message as unknown as JwtProvider;
      const { jwksSourceSpecifier: source } = provider;
      const jwks = this.#jwksOf(keySourceOf(provider));
      if (source.case !== 'localJwks' || jwks === null) return;
      source.value.specifier = { case: 'inlineString', value: jwks };
    });
  }

  async fetch({ uri }: JwksRequest): Promise<string | null> {
    return this.#jwksOf(uri);
  }

  #jwksOf(source: string): string | null {
    const issuer = this.#issuers.get(source);
    return issuer === undefined ? null : this.#mint.jwksOf([issuer]);
  }

  /** A token by a source's key. */
  sign(source: string, spec: Omit<TokenSpec, 'name' | 'at' | 'issuer'>): string {
    const issuer = this.#issuers.get(source) as IssuerSpec;
    const name = String(this.#tokens.size);
    this.#tokens.set(name, { ...spec, name, at: issuer.at, issuer: issuer.name });
    return this.#mint.token(name);
  }
}
