import { compileHeaderMatcher, type MatchedRequest } from '../../core/match/index.ts';
import type { Verdict } from '../../proxy/rehearsal/index.ts';
import { createSecretHider } from '../hide-secrets.ts';
import type { RouteWanted } from './read-route-checks.ts';

/** What of a route is not as wanted, a sentence each. */
export function routeMismatches(wanted: RouteWanted, verdict: Verdict): string[] {
  const { route, forwarded, status } = verdict;
  const action = route?.action;
  const location = verdict.headers.find(([name]) => name === 'location')?.[1];
  const isRedirect = action?.kind === 'redirect';
  return [
    ...different('cluster_name', wanted.cluster, action?.kind === 'cluster' ? action.cluster : ''),
    ...different('virtual_host_name', wanted.virtualHost, route?.virtualHost ?? ''),
    ...different('path_rewrite', wanted.path, forwarded?.path ?? ''),
    ...different('host_rewrite', wanted.host, forwarded?.authority ?? ''),
    ...different('path_redirect', wanted.redirect, isRedirect ? (location ?? '') : ''),
    ...different('code_redirect', text(wanted.redirectCode), isRedirect ? String(status) : '0'),
    ...headerMismatches('request_header_matches', wanted.requestMatchers, forwarded),
    ...headerMismatches('response_header_matches', wanted.responseMatchers, replyOf(verdict)),
  ];
}

const text = (code: number | undefined) => (code === undefined ? undefined : String(code));

function different(what: string, wanted: string | undefined, found: string): string[] {
  if (wanted === undefined || wanted === found) return [];
  return [`\`${what}\`: wanted \`${hide(wanted)}\`, got \`${hide(found)}\``];
}

const hide = createSecretHider([]).sentence;

type Headers = Pick<MatchedRequest, 'headers'> & Partial<MatchedRequest>;

/** The gate's own reply; what the origin would answer is nobody's knowledge. */
function replyOf({ status, headers }: Verdict): Headers | null {
  if (status === null) return null;
  const lines = [[':status', String(status)], ...headers] as const;
  return { headers: { names: lines.map(([name]) => name), values: lines.map(([, value]) => value) } };
}

function headerMismatches(
  what: string,
  wanted: RouteWanted['requestMatchers'],
  found: Headers | null,
): string[] {
  if (wanted.length === 0) return [];
  if (found === null) return [`\`${what}\`: there is no such message to look at`];
  const subject = { method: '', scheme: '', authority: '', path: '', ...found, headers: found.headers };
  return wanted.flatMap((config) => {
    const matcher = compileHeaderMatcher(config, () => undefined);
    if (matcher === null) return [`\`${what}\`: \`${config.name}\` has a pattern that is none`];
    return matcher.matches(subject, null) ? [] : [`\`${what}\`: wanted ${hide(matcher.wants)}`];
  });
}
