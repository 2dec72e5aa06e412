import type { RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { CheckContext } from '../checks/check-context.ts';
import { exempts, type JwtFilter } from './jwt-filters.ts';

/** Escaped slashes stay as they are. */
const KEEP_UNCHANGED = 1;

/** L19: a path prefix without a token while paths are taken as they come (envoy.md §6.3). */
export function lintPathNormalisation({ manager, jwt }: JwtFilter, context: CheckContext): void {
  const missing = missingNormalisation(manager);
  if (missing.length === 0) return;
  const lastGuarded = jwt.rules.findLastIndex((rule) => !exempts(rule));
  jwt.rules.forEach((rule, index) => {
    const opened = rule.match === undefined ? undefined : openPath(rule.match);
    if (opened === undefined || !exempts(rule) || index > lastGuarded) return;
    context.complain({
      code: 'pathsNotNormalised',
      severity: 'warning',
      message: `\`${opened.text}\` passes without a token while paths are not normalised: \`${opened.example}\` passes too`,
      hint: `set ${missing.join(', ')} in the connection manager`,
      about: rule.match as RouteMatch,
      field: opened.field,
      envoy: 'accepts',
    });
  });
}

function missingNormalisation(manager: HttpConnectionManager): string[] {
  return [
    manager.normalizePath === true ? '' : '`normalize_path: true`',
    manager.mergeSlashes ? '' : '`merge_slashes: true`',
    manager.pathWithEscapedSlashesAction > KEEP_UNCHANGED
      ? ''
      : '`path_with_escaped_slashes_action: REJECT_REQUEST`',
  ].filter((setting) => setting !== '');
}

interface OpenPath {
  field: string;
  text: string;
  example: string;
}

/** An exact path cannot be left by `..`, everything else can. */
function openPath({ pathSpecifier }: RouteMatch): OpenPath | undefined {
  switch (pathSpecifier.case) {
    case 'prefix':
      if (pathSpecifier.value === '/' || pathSpecifier.value === '') return undefined;
      return { field: 'prefix', text: pathSpecifier.value, example: climbing(pathSpecifier.value) };
    case 'pathSeparatedPrefix':
      return {
        field: 'path_separated_prefix',
        text: pathSpecifier.value,
        example: climbing(pathSpecifier.value),
      };
    case 'safeRegex':
      return {
        field: 'safe_regex',
        text: pathSpecifier.value.regex,
        example: 'a match with `/../private` behind it',
      };
    default:
      return undefined;
  }
}

const climbing = (prefix: string) => `${prefix.replace(/\/$/, '')}/../private`;

/** L20: a bare prefix exempts more than the folder that it names. */
export function lintBarePrefix({ jwt }: JwtFilter, context: CheckContext): void {
  for (const rule of jwt.rules) {
    const path = rule.match?.pathSpecifier;
    if (path?.case !== 'prefix' || !exempts(rule) || path.value === '' || path.value.endsWith('/')) continue;
    context.complain({
      code: 'barePrefix',
      severity: 'warning',
      message: `\`prefix: ${path.value}\` exempts \`${path.value}secret\` too`,
      hint: `write \`path_separated_prefix: ${path.value}\``,
      about: rule.match as RouteMatch,
      field: 'prefix',
      envoy: 'accepts',
    });
  }
}
