import { create } from '@bufbuild/protobuf';
import {
  type HeaderMatcher,
  HeaderMatcherSchema,
  type QueryParameterMatcher,
  QueryParameterMatcherSchema,
  type RouteMatch,
  RouteMatchSchema,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { MetadataMatcher } from '#schema/envoy/type/matcher/v3/metadata_pb.js';
import type { HttpMatch, StringMatch } from '#schema/istio/networking_pb.js';
import { claimMatcher } from '../authz/metadata-matcher.ts';
import { regexMatcher } from '../authz/string-matcher.ts';
import type { Lineage } from '../lineage.ts';
import { parseRoutingClaim } from './routing-claim.ts';
import { textMatcher } from './text-match.ts';

/** What one entry of a VirtualService's `match` asks of a request; all of it must hold. Without an entry any path will do. */
export function buildRouteMatch(match: HttpMatch | null, lineage: Lineage): RouteMatch {
  const made = create(RouteMatchSchema, { pathSpecifier: { case: 'prefix', value: '/' } });
  if (match === null) return made;
  const pathSpecifier = uriSpecifier(match.uri);
  if (pathSpecifier !== null) made.pathSpecifier = pathSpecifier;
  made.caseSensitive = !match.ignoreUriCase;
  made.headers = [...headersOf(match, lineage), ...pseudoHeaders(match, lineage)];
  made.dynamicMetadata = claimsOf(match, lineage);
  made.queryParameters = sorted(match.queryParams).map(([name, text]) =>
    lineage.inherit(queryParameter(name, text), text),
  );
  return lineage.inherit(made, match);
}

/** A path that accepts everything, which ends the list of routes (Istio: route.go). */
export function isCatchAll({
  pathSpecifier,
  headers,
  queryParameters,
  dynamicMetadata,
}: RouteMatch): boolean {
  const anyPath =
    (pathSpecifier.case === 'prefix' && pathSpecifier.value === '/') ||
    (pathSpecifier.case === 'safeRegex' && pathSpecifier.value.regex === '.*');
  return anyPath && headers.length + queryParameters.length + dynamicMetadata.length === 0;
}

function uriSpecifier(uri: StringMatch | undefined): RouteMatch['pathSpecifier'] | null {
  const type = uri?.matchType;
  switch (type?.case) {
    case 'exact':
      return { case: 'path', value: type.value };
    case 'prefix':
      return { case: 'prefix', value: type.value };
    case 'regex': {
      const { matchPattern } = regexMatcher(type.value);
      return matchPattern.case === 'safeRegex' ? { case: 'safeRegex', value: matchPattern.value } : null;
    }
    default:
      return null;
  }
}

function headersOf(match: HttpMatch, lineage: Lineage): HeaderMatcher[] {
  const wanted = ordinary(match.headers).map(([name, text]) =>
    lineage.inherit(headerMatcher(name, text), text),
  );
  const unwanted = ordinary(match.withoutHeaders).map(([name, text]) =>
    lineage.inherit(withoutHeader(name, text), text),
  );
  return [...wanted, ...unwanted].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function pseudoHeaders({ method, authority, scheme }: HttpMatch, lineage: Lineage): HeaderMatcher[] {
  const pairs = [
    [':method', method],
    [':authority', authority],
    [':scheme', scheme],
  ] as const;
  return pairs.flatMap(([name, text]) =>
    text === undefined ? [] : [lineage.inherit(headerMatcher(name, text), text)],
  );
}

function headerMatcher(name: string, text: StringMatch): HeaderMatcher {
  const value = textMatcher(text);
  return create(HeaderMatcherSchema, {
    name,
    headerMatchSpecifier:
      value === null ? { case: 'presentMatch', value: true } : { case: 'stringMatch', value },
  });
}

/** A header that is not there has not the value. */
function withoutHeader(name: string, text: StringMatch): HeaderMatcher {
  const matcher = headerMatcher(name, text);
  matcher.invertMatch = true;
  matcher.treatMissingHeaderAsEmpty = matcher.headerMatchSpecifier.case === 'stringMatch';
  return matcher;
}

/** Claims are looked up where jwt_authn leaves the payload; a claim that is asked for without a value must be a text or texts. */
function claimsOf({ headers, withoutHeaders }: HttpMatch, lineage: Lineage): MetadataMatcher[] {
  const build = (invert: boolean) => (entry: [string, StringMatch]) => {
    const [name, text] = entry;
    const claim = parseRoutingClaim(name);
    if (claim === null) return [];
    const matcher = claimMatcher(claim, [textMatcher(text) ?? regexMatcher('.*')]);
    matcher.invert = invert;
    return [lineage.inherit(matcher, text)];
  };
  return [...sorted(headers).flatMap(build(false)), ...sorted(withoutHeaders).flatMap(build(true))];
}

function queryParameter(name: string, text: StringMatch): QueryParameterMatcher {
  const value = textMatcher(text);
  return create(QueryParameterMatcherSchema, {
    name,
    queryParameterMatchSpecifier:
      value === null ? { case: 'presentMatch', value: true } : { case: 'stringMatch', value },
  });
}

function ordinary(headers: HttpMatch['headers']): [string, StringMatch][] {
  return sorted(headers).filter(([name]) => parseRoutingClaim(name) === null);
}

/** Go's maps have no order; ours is that of the names. */
function sorted(map: Readonly<Record<string, StringMatch>>): [string, StringMatch][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
