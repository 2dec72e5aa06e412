import {
  RedirectAction_RedirectResponseCode as Code,
  type RedirectAction,
  type RouteMatch,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import { toByteString } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import type { RequestHead } from '../http/request-head.ts';
import { compilePathRewrite, type PathRewrite } from './path-rewrite.ts';

/** A compiled `RedirectAction`: where a request is sent instead (Envoy: config_impl.cc, newUri). */
export interface Redirect {
  status: number;
  /** What becomes of the request's own path, before anything is made of it; undefined: it stays. */
  pathRewrite: PathRewrite | undefined;
  location(request: RequestHead): string;
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
  const pathRewrite = compileRewrite(config, match, findings);
  if (pathRewrite === null) return null;
  const replaced =
    config.pathRewriteSpecifier.case === 'pathRedirect' ? config.pathRewriteSpecifier.value : '';
  const host = toByteString(config.hostRedirect);
  const port = config.portRedirect === 0 ? '' : `:${config.portRedirect}`;
  return {
    status: STATUS[config.responseCode],
    pathRewrite,
    location(request) {
      const received = request.scheme;
      const scheme = schemeOf(config, received);
      const authority = host === '' ? requestHost(request.authority, spokenBy(request), scheme, port) : host;
      const path = config.stripQuery ? withoutAfter(request.path, '?') : request.path;
      return `${scheme}://${authority}${port}${fromRoot(redirectTo(toByteString(replaced), path))}`;
    },
  };
}

/** What a rewriting makes of a path must not become a part of the host. */
const fromRoot = (path: string) => (path.startsWith('/') ? path : `/${path}`);

/** Where a request went, as Envoy says it to those whom it answers with a redirect of no rule's own. */
export function ownUri(request: RequestHead): string {
  const { scheme, authority, path } = request;
  return `${scheme}://${requestHost(authority, spokenBy(request), scheme, '')}${path}`;
}

/** Empty where a filter has taken the field off. */
const spokenBy = ({ headers }: RequestHead) => headers.get('x-forwarded-proto') ?? '';

function compileRewrite(
  config: RedirectAction,
  match: RouteMatch | undefined,
  findings: Findings,
): PathRewrite | undefined | null {
  const specifier = config.pathRewriteSpecifier;
  switch (specifier.case) {
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

/** `path_redirect`, if any, in the path's place; with a query of its own in the query's, too. */
function redirectTo(path: string, received: string): string {
  if (path === '') return received;
  return path.includes('?') ? path : path + received.slice(withoutAfter(received, '?').length);
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
