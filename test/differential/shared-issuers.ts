import type { DifferentialCase, Json, JsonObject } from './case.ts';

/**
 * Whether a token without a named provider may belong to several, for their issuer is the same: whose it is Envoy leaves to the order of
 * a hash map, which differs from start to start (docs/divergences.md, Q3).
 */
export function sharesIssuers({ manager }: Pick<DifferentialCase, 'manager'>): boolean {
  return membersOf(manager['http_filters']).some((filter) => {
    const config = objectOf(objectOf(filter)['typed_config']);
    return hasUnnamed(config) && hasTwins(membersOf(config['providers']).map(issuerOf));
  });
}

const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

const membersOf = (value: Json | undefined): Json[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

/** Absent is empty: any issuer will do. */
const issuerOf = (provider: Json) => String(objectOf(provider)['issuer'] ?? '');

const hasTwins = (issuers: readonly string[]) => new Set(issuers).size < issuers.length;

/** Forms of a requirement that name no provider: `allow_missing`, `allow_missing_or_failed`, `extract_only_without_validation`. */
const hasUnnamed = (config: JsonObject) =>
  /"(?:allow_missing|extract_only_without_validation)/.test(JSON.stringify(config));
