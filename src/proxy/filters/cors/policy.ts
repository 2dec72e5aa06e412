import type { CorsPolicy as PolicyConfig } from '#schema/envoy/extensions/filters/http/cors/v3/cors_pb.js';
import { compileStringMatcher, type StringMatcher, toByteString } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { refuseInto } from '../../refusals.ts';
import { compileFraction, type Fraction } from '../fraction.ts';

/** What one level of the route configuration says about other origins' requests. Empty and undefined: nothing. */
export interface CorsPolicy {
  origin: PolicyConfig;
  allowOrigins: readonly StringMatcher[];
  allowMethods: string;
  allowHeaders: string;
  exposeHeaders: string;
  maxAge: string;
  allowCredentials: boolean | undefined;
  allowPrivateNetworkAccess: boolean | undefined;
  forwardNotMatchingPreflights: boolean | undefined;
  enabled: Fraction;
  shadowEnabled: Fraction;
}

/** Compiles a policy; null after an error. */
export function compileCorsPolicy(config: PolicyConfig, findings: Findings): CorsPolicy | null {
  const allowOrigins = config.allowOriginStringMatch.map((one) =>
    compileStringMatcher(one, refuseInto(findings)),
  );
  if (!allowOrigins.every((one) => one !== null)) return null;
  return {
    origin: config,
    allowOrigins,
    allowMethods: toByteString(config.allowMethods),
    allowHeaders: toByteString(config.allowHeaders),
    exposeHeaders: toByteString(config.exposeHeaders),
    maxAge: toByteString(config.maxAge),
    allowCredentials: config.allowCredentials,
    allowPrivateNetworkAccess: config.allowPrivateNetworkAccess,
    forwardNotMatchingPreflights: config.forwardNotMatchingPreflights,
    enabled: compileFraction(config.filterEnabled, 'all'),
    shadowEnabled: compileFraction(config.shadowEnabled, 'none'),
  };
}

/** Of the levels' policies, most specific first: the first that says something of a field decides it. */
export class CorsPolicies {
  readonly levels: readonly CorsPolicy[];

  constructor(levels: readonly CorsPolicy[]) {
    this.levels = levels;
  }

  get allowOrigins(): readonly StringMatcher[] {
    return this.levels.find((level) => level.allowOrigins.length > 0)?.allowOrigins ?? [];
  }

  text(field: 'allowMethods' | 'allowHeaders' | 'exposeHeaders' | 'maxAge'): string {
    return this.levels.find((level) => level[field] !== '')?.[field] ?? '';
  }

  flag(
    field: 'allowCredentials' | 'allowPrivateNetworkAccess' | 'forwardNotMatchingPreflights',
    absent: boolean,
  ): boolean {
    return this.levels.find((level) => level[field] !== undefined)?.[field] ?? absent;
  }

  /** A pattern that takes `*` takes every origin (Envoy: cors_filter.cc, isOriginAllowed). */
  allowsOrigin(origin: string): boolean {
    return this.allowOrigins.some((pattern) => pattern.matches('*') || pattern.matches(origin));
  }
}
