import type { RawResponse } from '../../e2e/raw-exchange.ts';

/** Fields that differ by nature. */
const OWN_FIELDS = new Set(
  'date server connection content-length transfer-encoding x-envoy-upstream-service-time'.split(' '),
);
const COUNTERS =
  /^(?!cluster\.).*(http_local_rate_limit\.(enabled|ok|rate_limited|enforced)$|\.cors\.|(^|\.)set_metadata\.|\.ext_authz\.|\.(downstream_rq_too_large|no_route|no_cluster|rq_direct_response)$)/;

/** A response's fields as both sides must have them. */
export const shown = (headers: RawResponse['headers']) =>
  headers.filter(([name]) => !OWN_FIELDS.has(name)).map(([name, value]) => `${name}: ${value}`);

/** The counters of these filters that are not zero. */
export const counted = (rows: Iterable<readonly [string, number]>) =>
  Object.fromEntries([...rows].filter(([name, value]) => value > 0 && COUNTERS.test(name)).sort());
