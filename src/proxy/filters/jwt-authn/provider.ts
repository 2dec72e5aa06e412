import { toBinary } from '@bufbuild/protobuf';
import {
  type JwtProvider,
  JwtProviderSchema,
  type RemoteJwks,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { Clock, Logger } from '../../../base/index.ts';
import {
  type CryptoPort,
  findingText,
  isTooLongJwks,
  jwksFaultText,
  type KeySet,
  normalizeAudience,
  parseJwksBytes,
  statusText,
} from '../../../core/jwt/index.ts';
import { compileStringMatcher, toByteString } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { inlineText } from '../../data-source.ts';
import { durationMsUp } from '../../duration.ts';
import type { KeptScope } from '../../kept.ts';
import { refuseInto } from '../../refusals.ts';
import type { JwksFetcher } from '../filter.ts';
import { type KeySource, LocalKeys, RemoteKeys, type RemoteKeysOptions, UnknownKeys } from './key-source.ts';
import { compileLocations, type LocationSet } from './locations.ts';
import { OutputPlan } from './outputs.ts';
import type { JwtAuthnStats } from './stats.ts';
import { TokenMemo } from './token-memo.ts';

/** A compiled `JwtProvider`. */
export interface Provider {
  readonly name: string;
  readonly origin: JwtProvider;
  /** Empty: any. */
  readonly issuer: string;
  /** Normalised; empty: not checked. */
  readonly audiences: ReadonlySet<string>;
  readonly subject: { matches(sub: string): boolean; wants: string } | null;
  readonly requireExpiration: boolean;
  readonly maxLifetimeMs: number | null;
  readonly skewSeconds: number;
  /** `forward`: the token stays in the request. */
  readonly forwardsToken: boolean;
  readonly clearsRouteCache: boolean;
  readonly locations: LocationSet;
  readonly outputs: OutputPlan;
  readonly keys: KeySource;
  readonly memo: TokenMemo;
  /** `jwt_cache_config` is there: for Envoy's counters only. */
  readonly countsCacheHits: boolean;
}

/** What compiling a provider asks of its surroundings; `memoBytesMax` bounds what is remembered of its tokens. */
export interface ProviderContext {
  findings: Findings;
  clock: Clock;
  crypto: CryptoPort;
  jwks: JwksFetcher | null;
  envoyExact: boolean;
  logger: Logger;
  stats: JwtAuthnStats;
  memoBytesMax: number;
  kept?: KeptScope | undefined;
}

const DEFAULT_SKEW_SECONDS = 60;

/** Compiles one of `providers`; errors are reported at their fields, and then it is not to be used. Defaults are Envoy's (envoy.md §1.2). */
export function compileProvider(name: string, config: JwtProvider, context: ProviderContext): Provider {
  return {
    name,
    origin: config,
    issuer: config.issuer,
    audiences: compileAudiences(config.audiences),
    subject: compileSubject(config, context.findings),
    requireExpiration: config.requireExpiration,
    maxLifetimeMs: config.maxLifetime === undefined ? null : durationMsUp(config.maxLifetime),
    skewSeconds: config.clockSkewSeconds === 0 ? DEFAULT_SKEW_SECONDS : config.clockSkewSeconds,
    forwardsToken: config.forward,
    clearsRouteCache: config.clearRouteCache,
    locations: compileCheckedLocations(config, context.findings),
    outputs: new OutputPlan(config, context.findings),
    keys: compileKeys(name, config, context),
    memo: memoFor(config, context),
    countsCacheHits: config.jwtCacheConfig !== undefined,
  };
}

/** What is remembered of a token goes with all that the provider says of it, and not with the provider's name. */
function memoFor(config: JwtProvider, { memoBytesMax, kept }: ProviderContext): TokenMemo {
  // Envoy's own cache, where it is asked for, counts a hit the second time.
  const from = config.jwtCacheConfig === undefined ? 'second' : 'first';
  const create = () => new TokenMemo(memoBytesMax, from);
  if (kept === undefined) return create();
  const key = `memo ${Buffer.from(toBinary(JwtProviderSchema, config)).toString('base64')}`;
  const memo = kept.take(key, create);
  memo.bound(memoBytesMax);
  return memo;
}

/** Audiences as tokens' own are compared with them (see `normalizeAudience`). */
export function compileAudiences(audiences: readonly string[]): ReadonlySet<string> {
  return new Set(audiences.map(normalizeAudience));
}

function compileSubject({ subjects }: JwtProvider, findings: Findings): Provider['subject'] {
  if (subjects === undefined) return null;
  const matcher = compileStringMatcher(subjects, refuseInto(findings));
  if (matcher === null) return { matches: () => false, wants: 'nothing' };
  return { matches: (sub) => matcher.matches(toByteString(sub)), wants: matcher.wants };
}

/** A token taken out of a pseudo-header would take that with it; Envoy loads it and answers 503 (envoy.md §3.2). */
function compileCheckedLocations(config: JwtProvider, findings: Findings): LocationSet {
  const locations = compileLocations([config]);
  for (const { name } of locations.headers) {
    if (!name.startsWith(':') && name !== 'host') continue;
    findings.report({
      code: 'E301',
      severity: 'error',
      message: `tokens in the header \`${name}\` are not supported`,
      envoy: 'accepts',
      about: config,
      field: 'from_headers',
    });
  }
  return locations;
}

function compileKeys(name: string, config: JwtProvider, context: ProviderContext): KeySource {
  const specifier = config.jwksSourceSpecifier;
  switch (specifier.case) {
    case 'remoteJwks':
      return compileRemoteKeys(name, specifier.value, config.issuer, context);
    case 'localJwks': {
      const { case: kind, value: file } = specifier.value.specifier;
      if (context.jwks?.unread !== undefined && (kind === 'filename' || kind === 'environmentVariable')) {
        const given = context.jwks.unread(name, file);
        return given === null
          ? new UnknownKeys()
          : compileLocalKeys(name, toByteString(given), config, context);
      }
      const text = inlineText(specifier.value, context.findings);
      return text === null || text === ''
        ? new LocalKeys(null)
        : compileLocalKeys(name, text, config, context);
    }
    case undefined:
      context.findings.report({
        code: 'E122',
        severity: 'error',
        message: `provider \`${name}\` needs one of \`remote_jwks\`, \`local_jwks\``,
        envoy: 'refuses',
        about: config,
      });
      return new LocalKeys(null);
  }
}

function compileLocalKeys(
  name: string,
  bytes: string,
  config: JwtProvider,
  context: ProviderContext,
): KeySource {
  const keys = parseJwksBytes(Buffer.from(bytes, 'latin1'), context.crypto);
  if (typeof keys !== 'number') {
    warnOfKeys(name, keys, config, context.findings);
    return new LocalKeys(keys);
  }
  const text = Buffer.from(bytes, 'latin1').toString();
  const isTooLong = isTooLongJwks(text);
  context.findings.report({
    code: isTooLong ? 'E301' : 'E213',
    severity: 'error',
    message: isTooLong
      ? `\`local_jwks\` of provider \`${name}\`: ${jwksFaultText(text, keys)}`
      : `Provider '${name}' in jwt_authn config has invalid local jwks: ${statusText(keys)}`,
    envoy: isTooLong ? 'accepts' : 'refuses',
    about: config,
    field: 'local_jwks',
  });
  return new LocalKeys(null);
}

/** Keys that are skipped or refused while the others are used. */
function warnOfKeys(provider: string, keys: KeySet, config: JwtProvider, findings: Findings): void {
  for (const finding of keys.findings) {
    findings.report({
      code: 'W213',
      severity: 'warning',
      message: `local jwks of provider \`${provider}\`: ${findingText(finding)}`,
      envoy: finding.kind === 'skipped' ? 'ignores' : 'accepts',
      about: config,
      field: 'local_jwks',
    });
  }
}

const DEFAULT_CACHE_MS = 600_000;
const DEFAULT_BACK_OFF_MS = 1000;
const DEFAULT_FAILED_REFETCH_MS = 1000;

function compileRemoteKeys(
  provider: string,
  config: RemoteJwks,
  issuer: string,
  context: ProviderContext,
): KeySource {
  const { httpUri, cacheDuration, asyncFetch, retryPolicy } = config;
  const backOff = retryPolicy?.retryBackOff;
  const base = backOff?.baseInterval === undefined ? DEFAULT_BACK_OFF_MS : durationMsUp(backOff.baseInterval);
  const max = backOff?.maxInterval === undefined ? base * 10 : durationMsUp(backOff.maxInterval);
  const cacheMs = cacheDuration === undefined ? DEFAULT_CACHE_MS : Number(cacheDuration.seconds) * 1000;
  const options = {
    request: {
      provider,
      uri: httpUri?.uri ?? '',
      cluster: httpUri?.httpUpstreamType.value ?? '',
      timeoutMs: httpUri?.timeout === undefined ? 0 : durationMsUp(httpUri.timeout),
      retries: retryPolicy === undefined ? 0 : (retryPolicy.numRetries ?? 1),
      backOffMs: { base, max },
      // A policy without retries limits its one try all the same (Envoy: jwks_fetcher.cc).
      ...(retryPolicy === undefined ? {} : { tryTimeoutMs: max }),
    },
    cacheMs,
    background:
      asyncFetch === undefined
        ? null
        : { failedRefetchMs: failedRefetchMs(asyncFetch), awaited: !asyncFetch.fastListener },
    refetchesUnknownKid: !context.envoyExact,
    logger: context.logger,
    fetcher: context.jwks,
    clock: context.clock,
    crypto: context.crypto,
    stats: context.stats,
  };
  return keptKeys(options, issuer, context);
}

/** Keys that were fetched stay known where they are fetched the same way for the same issuer; the provider's name does not matter. */
function keptKeys(options: RemoteKeysOptions, issuer: string, { kept }: ProviderContext): KeySource {
  if (kept === undefined) return new RemoteKeys(options);
  const { provider: _, ...request } = options.request;
  const server = kept.clusterText(request.cluster);
  const key = `keys ${JSON.stringify([issuer, request, options.cacheMs, options.background, server])}`;
  return kept.take(key, () => new RemoteKeys(options));
}

function failedRefetchMs({ failedRefetchDuration: duration }: NonNullable<RemoteJwks['asyncFetch']>): number {
  return duration === undefined ? DEFAULT_FAILED_REFETCH_MS : durationMsUp(duration);
}
