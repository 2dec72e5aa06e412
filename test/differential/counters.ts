import type { Difference } from './compare.ts';

/** Depend on how many fetches there were and on the memo, which differ by design (Q4, Q6). */
const UNLIKE = /jwks_fetch_|memo_|jwt_cache_/;

/** Whose counters are compared: those of filters, and of requests that the router answers without an upstream. */
const KINDS =
  /\.(jwt_authn|rbac|ext_authz|cors|http_local_rate_limit)\.|\.(no_route|no_cluster|rq_direct_response)$/;

/**
 * Compares the counters under a case's `stat_prefix`, its guards' and its limit's too; a counter that is not there is zero. Envoy's are read
 * from lines: a name with a line break is not among them.
 */
export function compareCounters(
  id: string,
  envoy: ReadonlyMap<string, number>,
  jotgate: ReadonlyMap<string, number>,
): Difference[] {
  const prefixes = [`http.${id}.`, `${id}.guard`, `${id}.limit.`];
  const names = new Set([...envoy.keys(), ...jotgate.keys()]);
  const differences: Difference[] = [];
  for (const name of names) {
    const prefix = prefixes.find((one) => name.startsWith(one));
    if (prefix === undefined || !KINDS.test(name) || UNLIKE.test(name) || name.includes('\n')) continue;
    const [a, b] = [envoy.get(name) ?? 0, jotgate.get(name) ?? 0];
    if (a !== b)
      differences.push({
        part: `counter ${name.slice(prefix.length)}`,
        envoy: String(a),
        jotgate: String(b),
      });
  }
  return differences;
}
