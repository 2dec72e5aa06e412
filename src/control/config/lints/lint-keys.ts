import type {
  JwtProvider,
  RemoteJwks,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { isJsonObject, type JsonObject, type JsonValue, memberOf } from '../../../core/jwt/index.ts';
import type { CheckContext } from '../checks/check-context.ts';
import { guessableBy } from './guessable-secret.ts';
import type { JwtFilter } from './jwt-filters.ts';

/** L11, L13 and L30: keys that stand for a failed fetch, keys that are kept for too long, secrets that can be guessed. */
export function lintKeys({ jwt }: JwtFilter, context: CheckContext): void {
  for (const [name, provider] of Object.entries(jwt.providers)) {
    const source = provider.jwksSourceSpecifier;
    if (source.case === 'remoteJwks') lintCache(name, source.value, context);
    const specifier = source.case === 'localJwks' ? source.value.specifier : undefined;
    if (specifier?.case === 'inlineString') lintLocalKeys(name, specifier.value, provider, context);
    if (specifier?.case === 'inlineBytes') {
      lintLocalKeys(name, Buffer.from(specifier.value).toString('utf8'), provider, context);
    }
  }
}

function lintLocalKeys(name: string, text: string, provider: JwtProvider, context: CheckContext): void {
  if (context.isBroken(provider, 'local_jwks')) return;
  const keys = keysIn(text).filter(isJsonObject);
  for (const key of keys) lintSecret(name, key, provider, context);
  const failed = failedFetchIn(keys);
  if (failed === undefined) return;
  context.complain({
    code: 'placeholderKey',
    severity: 'warning',
    message: `the key of provider \`${name}\` is Istio's stand-in for one that istiod could not fetch${failed === '' ? '' : ` from \`${failed}\``}: no token passes`,
    hint: 'see that istiod reaches the address, or write the keys inline',
    about: provider,
    field: 'local_jwks',
    envoy: 'accepts',
  });
}

/** The message says of which kind it is, never what it is. */
function lintSecret(name: string, key: JsonObject, provider: JwtProvider, context: CheckContext): void {
  const secret = memberOf(key, 'k');
  if (memberOf(key, 'kty') !== 'oct' || typeof secret !== 'string') return;
  const why = guessableBy(Buffer.from(secret, 'base64url'));
  if (why === null) return;
  context.complain({
    code: 'guessableSecret',
    severity: 'warning',
    message: `the HMAC secret of provider \`${name}\` ${why}: whoever guesses it signs tokens that pass`,
    hint: 'take 32 random bytes, as of `openssl rand 32`, or keys of RS256 or ES256',
    about: provider,
    field: 'local_jwks',
    envoy: 'accepts',
  });
}

const PLACEHOLDER = 'Error-IstiodFailedToFetchJwksUri';

/** The address behind istiod's placeholder key: the modulus spells what failed. Empty where it names none. */
function failedFetchIn(keys: readonly JsonObject[]): string | undefined {
  for (const key of keys) {
    const modulus = memberOf(key, 'n');
    if (typeof modulus !== 'string') continue;
    const text = Buffer.from(modulus, 'base64url').toString('latin1');
    if (text.startsWith(PLACEHOLDER)) return text.slice(PLACEHOLDER.length).replace(/^-/, '');
  }
  return undefined;
}

function keysIn(text: string): readonly JsonValue[] {
  try {
    const json = JSON.parse(text) as JsonValue;
    const keys = isJsonObject(json) ? memberOf(json, 'keys') : undefined;
    return Array.isArray(keys) ? keys : [];
  } catch {
    return [];
  }
}

const LONG_CACHE_SECONDS = 3600n;

/** Until the cache ends, tokens of a new key are refused: nobody asks again for an unknown key id. */
function lintCache(name: string, remote: RemoteJwks, context: CheckContext): void {
  const { cacheDuration, asyncFetch } = remote;
  if (cacheDuration === undefined || asyncFetch !== undefined) return;
  if (cacheDuration.seconds <= LONG_CACHE_SECONDS || context.isBroken(remote, 'cache_duration')) return;
  const minutes = cacheDuration.seconds / 60n;
  context.complain({
    code: 'longCache',
    severity: 'warning',
    message: `provider \`${name}\` keeps keys for ${minutes} minutes: so long are tokens refused after the issuer changed its key`,
    hint: 'a few minutes will do, `cache_duration: 300s`; or add `async_fetch: {}`',
    about: cacheDuration,
    envoy: 'accepts',
  });
}
