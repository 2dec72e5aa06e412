import type {
  CookieMatcher,
  RouteMatch,
  RouteMatch_TlsContextMatchOptions,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { FilterStateMatcher } from '#schema/envoy/type/matcher/v3/filter_state_pb.js';
import type { Recorder } from '../../base/index.ts';
import {
  compileStringMatcher,
  createIpRange,
  type MatchedRequest,
  wantedUnder,
} from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import { compileFraction } from '../filters/fraction.ts';
import { firstCookie } from '../http/cookies.ts';
import { isGrpcRequest } from '../http/grpc-reply.ts';
import { refuseField, refuseInto } from '../refusals.ts';

/** What a route asks of a request besides its path, headers, parameters and metadata. */
export interface RouteCondition {
  readonly wants: string;
  /** @param isProven the client has shown a certificate, which was verified */
  matches(request: MatchedRequest, recorder: Recorder | null, isProven: boolean): boolean;
}

/** Compiles `cookies`, `grpc`, `runtime_fraction`, `tls_context` and `filter_state` of a route; null stands for one with an error. */
export function compileConditions(match: RouteMatch, findings: Findings): (RouteCondition | null)[] {
  const conditions = match.cookies.map((cookie) => compileCookie(cookie, findings));
  if (match.grpc !== undefined) conditions.push(GRPC);
  if (match.runtimeFraction !== undefined) conditions.push(compileShare(match, findings));
  if (match.tlsContext !== undefined) conditions.push(compileCertificate(match.tlsContext));
  conditions.push(...match.filterState.map((one) => compileFilterState(one, findings)));
  return conditions;
}

/** Whoever shows a certificate that is not verified has no connection: what was shown is what is valid. */
function compileCertificate({ presented, validated }: RouteMatch_TlsContextMatchOptions): RouteCondition {
  const wants = [
    ...(presented === undefined ? [] : [`presented: ${presented}`]),
    ...(validated === undefined ? [] : [`validated: ${validated}`]),
  ];
  return {
    wants: `client certificate ${wants.join(', ') || 'or none'}`,
    matches(_request, recorder, isProven) {
      if (recorder !== null) recorder.note(`client certificate ${isProven ? 'verified' : 'not shown'}`);
      return (presented ?? isProven) === isProven && (validated ?? isProven) === isProven;
    },
  };
}

/** No filter that is done leaves objects in the filter state, and without one nothing matches, an inverse neither. */
function compileFilterState({ key, matcher }: FilterStateMatcher, findings: Findings): RouteCondition | null {
  const refuse = refuseInto(findings);
  if (matcher.case === 'stringMatch' && compileStringMatcher(matcher.value, refuse) === null) return null;
  const ranges = matcher.case === 'addressMatch' ? matcher.value.ranges : [];
  const bad = ranges.find(({ addressPrefix, prefixLen }) => createIpRange(addressPrefix, prefixLen) === null);
  if (bad !== undefined) {
    refuse(`malformed IP address: \`${bad.addressPrefix}\``, bad, 'address_prefix');
    return null;
  }
  return {
    wants: `filter state ${key}`,
    matches(_request, recorder) {
      recorder?.note(`no filter of this chain leaves "${key}" in the filter state`);
      return false;
    },
  };
}

const GRPC: RouteCondition = { wants: 'gRPC', matches: ({ headers }) => isGrpcRequest(headers) };

/** Without a cookie of that name only the inverse matches (Envoy: cookie matcher of routes). */
function compileCookie(config: CookieMatcher, findings: Findings): RouteCondition | null {
  const { name, stringMatch, invertMatch } = config;
  const matcher = stringMatch === undefined ? null : compileStringMatcher(stringMatch, refuseInto(findings));
  if (matcher === null) return null;
  // Whatever its name, a cookie may be a session: its value is left out as that of the header `cookie` is.
  const wants = wantedUnder('cookie', matcher.wants);
  return {
    wants: `cookie ${name} ${invertMatch ? 'not ' : ''}${wants}`,
    matches({ headers }, recorder) {
      const value = firstCookie(headers, name);
      if (recorder !== null)
        recorder.note(`cookie ${name} ${value === undefined ? 'is not there' : 'is there'}`);
      return (value !== undefined && matcher.matches(value)) !== invertMatch;
    },
  };
}

/** All requests or none: a share by chance would make `why` another gate. */
function compileShare(match: RouteMatch, findings: Findings): RouteCondition | null {
  const { text, draw } = compileFraction(match.runtimeFraction, 'all');
  if (text === '0 %' || text === '100 %') return { wants: `${text} of requests`, matches: draw };
  refuseField(findings, match, 'runtime_fraction', ` with a share of ${text}`);
  return null;
}
