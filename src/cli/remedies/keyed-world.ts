import type {
  JwtAuthentication,
  JwtProvider,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { Clock } from '../../base/index.ts';
import {
  type Algorithm,
  isJsonObject,
  type JsonObject,
  memberOf,
  parseJwks,
  parseToken,
  type SigningKey,
  selectAlgorithm,
  signToken,
} from '../../core/jwt/index.ts';
import { exportPublicJwk, generateSigningKey, nodeCrypto } from '../../platform/index.ts';
import {
  type CompiledSnapshot,
  compileSnapshot,
  type JwksFetcher,
  type JwksRequest,
} from '../../proxy/rehearsal/index.ts';
import { Findings, type Snapshot, walkMessages } from '../../resources/index.ts';
import { hasUnreadKeys, keySourceOf, sourceOfFile } from '../policy-diff/key-sources.ts';
import type { DraftToken } from './draft.ts';
import { isPlaceholder } from './placeholder-key.ts';

/**
 * The asked configuration with one more key in every key set that has a usable one: tokens can be signed that no issuer has issued,
 * so that what a change of claims would do is played and not guessed. It exists only here; nothing on the data path knows such keys.
 */
export interface KeyedWorld {
  compiled: CompiledSnapshot;
  /** Every provider of the configuration, with its name. */
  providers: readonly NamedProvider[];
  /** No key of this provider can verify anything. */
  isKeyless(provider: JwtProvider): boolean;
  sign(token: DraftToken): string;
  /** Claims of a token's text; null where it is none. */
  read(text: string): JsonObject | null;
}

export async function createKeyedWorld(
  snapshot: Snapshot,
  clock: Clock,
  jwks: JwksFetcher,
): Promise<KeyedWorld> {
  const keys = new MadeUpKeys(jwks);
  const providers = providersOf(snapshot);
  const restore = providers.map(({ provider }) => keys.addTo(provider));
  const compiled = compileSnapshot(snapshot, { findings: new Findings(), clock, jwks: keys });
  for (const undo of restore) undo();
  await compiled.prepare('all');
  return {
    compiled,
    providers,
    isKeyless: (provider) => keys.isKeyless(provider),
    sign: (token) => keys.sign(token),
    read(text) {
      const parsed = parseToken(text);
      return typeof parsed === 'number' ? null : parsed.payload;
    },
  };
}

export interface NamedProvider {
  name: string;
  provider: JwtProvider;
}

function providersOf({ listeners }: Snapshot): NamedProvider[] {
  const found = new Map<JwtProvider, string>();
  walkMessages(listeners, (message) => {
    if (message.$typeName !== 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication') return;
    const { providers } = message as unknown as JwtAuthentication;
    for (const [name, provider] of Object.entries(providers)) found.set(provider, name);
  });
  return [...found].map(([provider, name]) => ({ name, provider }));
}

const ALGORITHM = selectAlgorithm('HS256') as Algorithm;

/** A key of its own for each source of keys, so that no provider takes another's tokens. */
class MadeUpKeys implements JwksFetcher {
  readonly #inner: JwksFetcher;
  readonly #keys = new Map<string, { kid: string; key: SigningKey }>();
  readonly #signed = new Map<string, string>();
  readonly #keyless = new Set<string>();

  constructor(inner: JwksFetcher) {
    this.#inner = inner;
  }

  covers(provider: string): boolean {
    return this.#inner.covers?.(provider) ?? true;
  }

  knowsCluster(name: string): boolean {
    return this.#inner.knowsCluster?.(name) !== false;
  }

  unread(provider: string, file: string): string | null {
    const text = this.#inner.unread?.(provider, file) ?? null;
    const source = sourceOfFile(file);
    const more = text === null ? null : this.#withKey(text, source);
    if (text !== null && more === null) this.#keyless.add(source);
    return more ?? text;
  }

  async fetch(request: JwksRequest): Promise<string | null> {
    const text = await this.#inner.fetch(request);
    const more = text === null ? null : this.#withKey(text, request.uri);
    if (more === null) this.#keyless.add(request.uri);
    return more ?? text;
  }

  /** @returns what takes it out again */
  addTo(provider: JwtProvider): () => void {
    const { jwksSourceSpecifier: source } = provider;
    if (source.case !== 'localJwks' || hasUnreadKeys(provider)) return () => undefined;
    const before = source.value.specifier;
    const text =
      before.case === 'inlineBytes' ? Buffer.from(before.value).toString('utf8') : String(before.value ?? '');
    const name = keySourceOf(provider);
    const more = this.#withKey(text, name);
    if (more === null) this.#keyless.add(name);
    else source.value.specifier = { case: 'inlineString', value: more };
    return () => {
      source.value.specifier = before;
    };
  }

  isKeyless(provider: JwtProvider): boolean {
    return this.#keyless.has(keySourceOf(provider));
  }

  sign({ provider, claims }: DraftToken): string {
    const source = keySourceOf(provider);
    const name = `${source}\n${JSON.stringify(claims)}`;
    const known = this.#signed.get(name);
    if (known !== undefined) return known;
    const { kid, key } = this.#keyOf(source);
    const token = signToken({ kid, typ: 'JWT' }, claims, key, nodeCrypto);
    this.#signed.set(name, token);
    return token;
  }

  /** null: the set has no key that verifies, and one more would make believe that it had. */
  #withKey(text: string, source: string): string | null {
    const parsed = parseJwks(text, nodeCrypto);
    const isUsable = typeof parsed !== 'number' && parsed.keys.some(({ refusal }) => refusal === null);
    if (!isUsable || isPlaceholder(text)) return null;
    const { kid, key } = this.#keyOf(source);
    const jwk: JsonObject = { kid, use: 'sig', alg: ALGORITHM.name, ...exportPublicJwk(key) };
    return JSON.stringify({ keys: [...keysIn(text), jwk] });
  }

  #keyOf(source: string): { kid: string; key: SigningKey } {
    const known = this.#keys.get(source);
    if (known !== undefined) return known;
    const made = { kid: `jotgate-why-${this.#keys.size}`, key: generateSigningKey(ALGORITHM) };
    this.#keys.set(source, made);
    return made;
  }
}

function keysIn(text: string): readonly unknown[] {
  try {
    const json: unknown = JSON.parse(text);
    const keys = isJsonObject(json as never) ? memberOf(json as JsonObject, 'keys') : undefined;
    return Array.isArray(keys) ? keys : [];
  } catch {
    return [];
  }
}
