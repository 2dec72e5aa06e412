import { toBinary } from '@bufbuild/protobuf';
import {
  type JwtProvider,
  JwtProviderSchema,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { normalizeAudience } from '../../../core/jwt/index.ts';
import { compileStringMatcher, toByteString } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { durationMsUp } from '../../duration.ts';
import { refuseInto } from '../../refusals.ts';
import { compileKeys, type KeyContext } from './compile-keys.ts';
import type { KeySource } from './key-source.ts';
import { compileLocations, type LocationSet } from './locations.ts';
import { OutputPlan } from './outputs.ts';
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
export interface ProviderContext extends KeyContext {
  memoBytesMax: number;
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
