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
  noteState,
  toByteString,
  wantedUnder,
} from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import { compileFraction } from '../filters/fraction.ts';
import { firstCookie } from '../http/cookies.ts';
import { isGrpcRequest } from '../http/grpc-reply.ts';
import { refuseInto } from '../refusals.ts';
import type { Circumstances } from './circumstances.ts';

/** What a route asks of a request besides its path, headers, parameters and metadata. */
export interface RouteCondition {
  readonly wants: string;
  matches(request: MatchedRequest, recorder: Recorder | null, around: Circumstances): boolean;
}

/** Compiles `cookies`, `grpc`, `runtime_fraction`, `tls_context` and `filter_state` of a route; null stands for one with an error. */
export function compileConditions(match: RouteMatch, findings: Findings): (RouteCondition | null)[] {
  const conditions = match.cookies.map((cookie) => compileCookie(cookie, findings));
  if (match.grpc !== undefined) conditions.push(GRPC);
  if (match.runtimeFraction !== undefined) conditions.push(compileShare(match));
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
    matches(_request, recorder, { connection }) {
      const isProven = Boolean(connection.peer);
      if (recorder !== null) recorder.note(`client certificate ${isProven ? 'verified' : 'not shown'}`);
      return (presented ?? isProven) === isProven && (validated ?? isProven) === isProven;
    },
  };
}

/** All that filters leave are texts, which are no addresses: without an object nothing matches, an inverse neither. */
function compileFilterState({ key, matcher }: FilterStateMatcher, findings: Findings): RouteCondition | null {
  const refuse = refuseInto(findings);
  const text = matcher.case === 'stringMatch' ? compileStringMatcher(matcher.value, refuse) : null;
  if (matcher.case === 'stringMatch' && text === null) return null;
  const ranges = matcher.case === 'addressMatch' ? matcher.value.ranges : [];
  const bad = ranges.find(({ addressPrefix, prefixLen }) => createIpRange(addressPrefix, prefixLen) === null);
  if (bad !== undefined) {
    refuse(`malformed IP address: \`${bad.addressPrefix}\``, bad, 'address_prefix');
    return null;
  }
  return {
    wants: `filter state ${key}`,
    matches(_request, recorder, { filterStateIfAny }) {
      const found = filterStateIfAny?.get(toByteString(key));
      if (recorder !== null) noteState(key, found, recorder);
      return found !== undefined && text?.matches(found) === true;
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

/** Asks for the number that weighted clusters ask for too, not for a draw of its own. */
function compileShare({ runtimeFraction }: RouteMatch): RouteCondition {
  const { text, numerator, size } = compileFraction(runtimeFraction, 'all');
  const bounds = numerator > 0 && numerator < size ? [numerator, size] : null;
  return {
    wants: `${text} of requests`,
    matches(_request, recorder, around) {
      if (bounds === null) return numerator === size;
      const isDrawn = around.chance.part(bounds) === 0;
      recorder?.note(`by chance ${isDrawn ? 'one' : 'none'} of the ${text}`);
      return isDrawn;
    },
  };
}
