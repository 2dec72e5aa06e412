import type { RouteAction, RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { compileRegexRewrite, lowerAscii, toByteString, withoutQuery } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import type { FormatSource } from '../format/format-source.ts';
import { reportFormat } from '../format/report-refusal.ts';
import { compileTextFormat } from '../format/text-format.ts';
import { refuseInto } from '../refusals.ts';
import { compileRewritePolicy } from './template-rewrite.ts';

/** How a route changes the path that is forwarded; the query stays as it is (Envoy: config_impl.cc). */
export interface PathRewrite {
  /** null where nothing would be left of the path: it then stays as it is. */
  rewrite(path: string, source: FormatSource): string | null;
}

type Rewriting = Pick<RouteAction, 'prefixRewrite' | 'regexRewrite'> &
  Partial<Pick<RouteAction, 'pathRewritePolicy' | 'pathRewrite'>>;

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
  const { prefixRewrite, regexRewrite, pathRewritePolicy, pathRewrite = '' } = config;
  const ways = [prefixRewrite !== '', regexRewrite, pathRewritePolicy, pathRewrite !== ''].filter(Boolean);
  if (ways.length > 1) {
    const message = 'specify only one of prefix_rewrite, regex_rewrite, path_rewrite_policy or path_rewrite';
    refuseInto(findings)(message, about, 'regex_rewrite');
    return null;
  }
  if (pathRewritePolicy !== undefined) {
    const rewrite = compileRewritePolicy(pathRewritePolicy, match, findings);
    return rewrite && { rewrite: (path) => onPath(path, rewrite) };
  }
  if (pathRewrite !== '') return compilePathFormat(pathRewrite, findings, about);
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
  const matched = matchedText(match);
  const prefix = toByteString(prefixRewrite);
  return { rewrite: (path) => onPath(path, (bare) => replaceStart(bare, matched, prefix)) };
}

interface MatchedText {
  text: string;
  ignoreCase: boolean;
}

/** What of the path the route's own match takes; null: all of it. */
function matchedText(match: RouteMatch | undefined): MatchedText | null {
  const specifier = match?.pathSpecifier;
  switch (specifier?.case) {
    case 'prefix':
    case 'path':
    case 'pathSeparatedPrefix': {
      const ignoreCase = match?.caseSensitive === false;
      const text = toByteString(specifier.value);
      return { text: ignoreCase ? lowerAscii(text) : text, ignoreCase };
    }
    default:
      return null;
  }
}

/** A path that does not begin with the text, for its parameters or a filter that changed it, stays as it is. */
function replaceStart(bare: string, matched: MatchedText | null, prefix: string): string | null {
  if (matched === null) return prefix;
  const { text, ignoreCase } = matched;
  const start = bare.slice(0, text.length);
  return (ignoreCase ? lowerAscii(start) : start) === text ? prefix + bare.slice(text.length) : null;
}

/** `path_rewrite`: a format for all of the path but its query. */
function compilePathFormat(format: string, findings: Findings, about: object): PathRewrite | null {
  const compiled = compileTextFormat(format, '');
  if ('format' in compiled) {
    return { rewrite: (path, source) => onPath(path, () => compiled.format.render(source)) };
  }
  reportFormat(compiled.refusal, '`path_rewrite`', about, 'path_rewrite', findings);
  return null;
}

function onPath(path: string, change: (bare: string) => string | null): string | null {
  const bare = withoutQuery(path);
  const changed = change(bare) ?? '';
  return changed === '' ? null : changed + path.slice(bare.length);
}
