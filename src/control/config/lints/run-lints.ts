import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { CheckContext } from '../checks/check-context.ts';
import type { DecodeContext } from '../decode/decode-context.ts';
import { jwtFiltersOf, managersOf } from './jwt-filters.ts';
import { lintAccessLogs } from './lint-access-logs.ts';
import { lintChainMatches } from './lint-chain-matches.ts';
import { lintIssuer } from './lint-issuer.ts';
import { lintKeyClusters } from './lint-key-clusters.ts';
import { lintKeys } from './lint-keys.ts';
import { lintMetadata } from './lint-metadata.ts';
import { lintRouteOrder, lintRuleOrder } from './lint-order.ts';
import { lintBarePrefix, lintPathNormalisation } from './lint-paths.ts';
import { lintProviders } from './lint-providers.ts';
import { lintRateLimits } from './lint-rate-limits.ts';
import { lintRequirements } from './lint-requirements.ts';
import { lintTokenPlaces } from './lint-token-places.ts';

const OF_JWT_FILTERS = [
  lintTokenPlaces,
  lintIssuer,
  lintKeys,
  lintRuleOrder,
  lintRequirements,
  lintPathNormalisation,
  lintBarePrefix,
  lintProviders,
];

const OF_MANAGERS = [lintRouteOrder, lintMetadata, lintRateLimits, lintAccessLogs];

/** What loads, and is not what was meant. */
export function runLints(bootstrap: Bootstrap, decode: DecodeContext): void {
  const context = new CheckContext(bootstrap, decode);
  const managers = managersOf(bootstrap);
  const filters = jwtFiltersOf(managers);
  for (const filter of filters) for (const lint of OF_JWT_FILTERS) lint(filter, context);
  for (const manager of managers) for (const lint of OF_MANAGERS) lint(manager, context);
  lintKeyClusters(filters, context);
  lintChainMatches(bootstrap, context);
}
