import type { RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';

type PathSpecifier = RouteMatch['pathSpecifier'];

/** Does a match take every request that another takes? Only said where that is sure. */
export function covers(first: RouteMatch, second: RouteMatch): boolean {
  const isBare =
    first.headers.length === 0 &&
    first.queryParameters.length === 0 &&
    first.grpc === undefined &&
    first.tlsContext === undefined &&
    first.runtimeFraction === undefined &&
    first.dynamicMetadata.length === 0;
  return isBare && coversPath(first, second);
}

function coversPath(first: RouteMatch, second: RouteMatch): boolean {
  const [outer, inner] = [first.pathSpecifier, second.pathSpecifier];
  if (outer.case === 'safeRegex') {
    return (
      outer.value.regex === '.*' || (inner.case === 'safeRegex' && inner.value.regex === outer.value.regex)
    );
  }
  if (outer.case === 'prefix' && (outer.value === '/' || outer.value === ''))
    return inner.case !== 'connectMatcher';
  const ignoresCase = first.caseSensitive === false;
  if (second.caseSensitive === false && !ignoresCase) return false;
  const [outerText, innerText] = [textOf(outer), textOf(inner)];
  if (outerText === undefined || innerText === undefined) return false;
  return ignoresCase
    ? coversText(outer, outerText.toLowerCase(), inner, innerText.toLowerCase())
    : coversText(outer, outerText, inner, innerText);
}

function textOf(path: PathSpecifier): string | undefined {
  switch (path.case) {
    case 'prefix':
    case 'path':
    case 'pathSeparatedPrefix':
      return path.value;
    default:
      return undefined;
  }
}

function coversText(outer: PathSpecifier, text: string, inner: PathSpecifier, other: string): boolean {
  if (outer.case === 'prefix') return other.startsWith(text);
  if (outer.case === 'path') return inner.case === 'path' && other === text;
  const isBelow = other.startsWith(`${text}/`);
  return inner.case === 'prefix' ? isBelow : isBelow || other === text;
}
