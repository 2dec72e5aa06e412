import {
  RedirectAction_RedirectResponseCode as Code,
  type RedirectAction,
  type RouteMatch,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import { toByteString } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import type { FormatSource } from '../format/format-source.ts';
import type { RequestHead } from '../http/request-head.ts';
import { compilePathRewrite, type PathRewrite } from './path-rewrite.ts';

/** A compiled `RedirectAction`: where a request is sent instead (Envoy: config_impl.cc, newUri). */
export interface Redirect {
  status: number;
  location(source: FormatSource): string;
}

const STATUS: Readonly<Record<Code, number>> = {
  [Code.MOVED_PERMANENTLY]: 301,
  [Code.FOUND]: 302,
  [Code.SEE_OTHER]: 303,
  [Code.TEMPORARY_REDIRECT]: 307,
  [Code.PERMANENT_REDIRECT]: 308,
};

export function compileRedirect(
  config: RedirectAction,
  match: RouteMatch | undefined,
  findings: Findings,
): Redirect | null {
  const rewrite = compileRewrite(config, match, findings);
  if (rewrite === null) return null;
  const host = toByteString(config.hostRedirect);
  const port = config.portRedirect === 0 ? '' : `:${config.portRedirect}`;
  return {
    status: STATUS[config.responseCode],
    location(source) {
      const { request } = source;
      const received = request.scheme;
      const scheme = schemeOf(config, received);
      const authority = host === '' ? requestHost(request.authority, spokenBy(request), scheme, port) : host;
      const path = config.stripQuery ? withoutAfter(request.path, '?') : request.path;
      return `${scheme}://${authority}${port}${fromRoot(rewrite?.rewrite(path, source) ?? path)}`;
    },
  };
}

/** What a rewriting makes of a path must not become a part of the host. */
const fromRoot = (path: string) => (path.startsWith('/') ? path : `/${path}`);

const spokenBy = ({ headers, scheme }: RequestHead) => headers.get('x-forwarded-proto') ?? scheme;

function compileRewrite(
  config: RedirectAction,
  match: RouteMatch | undefined,
  findings: Findings,
): PathRewrite | undefined | null {
  const specifier = config.pathRewriteSpecifier;
  switch (specifier.case) {
    case 'pathRedirect':
      return specifier.value === '' ? undefined : pathRedirect(toByteString(specifier.value));
    case 'prefixRewrite':
      return compilePathRewrite(
        { prefixRewrite: specifier.value, regexRewrite: undefined },
        match,
        findings,
        config,
      );
    case 'regexRewrite':
      return compilePathRewrite(
        { prefixRewrite: '', regexRewrite: specifier.value },
        match,
        findings,
        config,
      );
    default:
      return undefined;
  }
}

/** A path with a query of its own replaces the request's. */
function pathRedirect(path: string): PathRewrite {
  if (path.includes('?')) return { rewrite: () => path };
  return { rewrite: (received) => path + received.slice(withoutAfter(received, '?').length) };
}

function withoutAfter(text: string, mark: string): string {
  const end = text.indexOf(mark);
  return end < 0 ? text : text.slice(0, end);
}

function schemeOf({ schemeRewriteSpecifier: specifier }: RedirectAction, received: string): string {
  if (specifier.case === 'httpsRedirect' && specifier.value) return 'https';
  return specifier.case === 'schemeRedirect' && specifier.value !== '' ? specifier.value : received;
}

/**
 * The request's host; its port goes where a new one comes, and where it was the old scheme's own.
 * @param received what the client spoke by x-forwarded-proto, which may hold anything
 */
function requestHost(authority: string, received: string, scheme: string, newPort: string): string {
  const found = /^(.*?)(:\d*)$/.exec(authority);
  if (found === null || (authority.startsWith('[') && !found[1]?.endsWith(']'))) return authority;
  const own = { https: ':443', http: ':80' }[received];
  const drops = newPort !== '' || (scheme !== received && found[2] === own);
  return drops ? (found[1] as string) : authority;
}
