import type { RouteAction, RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { compileRegexRewrite, toByteString, withoutQuery } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import { refuseInto } from '../refusals.ts';

/** How a route changes the path that is forwarded; the query stays as it is (Envoy: config_impl.cc). */
export interface PathRewrite {
  /** null where nothing would be left of the path: it then stays as it is. */
  rewrite(path: string): string | null;
}

type Rewriting = Pick<RouteAction, 'prefixRewrite' | 'regexRewrite'>;

/**
 * @param about the message that errors are about
 * @returns undefined where the path is left alone, null for an error
 */
export function compilePathRewrite(
  config: Rewriting,
  match: RouteMatch | undefined,
  findings: Findings,
  about: object,
): PathRewrite | undefined | null {
  const { prefixRewrite, regexRewrite } = config;
  if (regexRewrite !== undefined && prefixRewrite !== '') {
    refuseInto(findings)('cannot specify both prefix_rewrite and regex_rewrite', about, 'regex_rewrite');
    return null;
  }
  if (regexRewrite !== undefined) {
    const regex = compileRegexRewrite(regexRewrite, refuseInto(findings));
    return regex && { rewrite: (path) => onPath(path, (bare) => regex.replaceAll(bare)) };
  }
  if (prefixRewrite === '') return undefined;
  if (match?.pathSpecifier.case === 'pathMatchPolicy') {
    refuseInto(findings)(
      'a template matches no prefix that prefix_rewrite could replace',
      about,
      'prefix_rewrite',
    );
    return null;
  }
  const matched = matchedLength(match);
  const prefix = toByteString(prefixRewrite);
  return { rewrite: (path) => onPath(path, (bare) => prefix + bare.slice(matched ?? bare.length)) };
}

/** How much of the path the route's own match takes; null: all of it. */
function matchedLength(match: RouteMatch | undefined): number | null {
  const specifier = match?.pathSpecifier;
  if (specifier?.case === 'prefix' || specifier?.case === 'pathSeparatedPrefix') {
    return toByteString(specifier.value).length;
  }
  return null;
}

function onPath(path: string, change: (bare: string) => string): string | null {
  const bare = withoutQuery(path);
  const changed = change(bare);
  return changed === '' ? null : changed + path.slice(bare.length);
}
