import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { CheckContext } from '../checks/check-context.ts';
import type { DecodeContext } from '../decode/decode-context.ts';
import { jwtFiltersOf } from './jwt-filters.ts';
import { lintKeyClusters } from './lint-key-clusters.ts';
import { lintBarePrefix, lintPathNormalisation } from './lint-paths.ts';
import { lintProviders } from './lint-providers.ts';

/** What loads, and is not what was meant. */
export function runLints(bootstrap: Bootstrap, decode: DecodeContext): void {
  const context = new CheckContext(bootstrap, decode);
  const filters = jwtFiltersOf(bootstrap);
  for (const filter of filters) {
    lintPathNormalisation(filter, context);
    lintBarePrefix(filter, context);
    lintProviders(filter, context);
  }
  lintKeyClusters(filters, context);
}
