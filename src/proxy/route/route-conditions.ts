import type { CookieMatcher, RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { Recorder } from '../../base/index.ts';
import { compileStringMatcher, type MatchedRequest, wantedUnder } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import { compileFraction } from '../filters/fraction.ts';
import { firstCookie } from '../http/cookies.ts';
import { isGrpcRequest } from '../http/grpc-reply.ts';
import { refuseField, refuseInto } from '../refusals.ts';

/** What a route asks of a request besides its path, headers, parameters and metadata. */
export interface RouteCondition {
  readonly wants: string;
  matches(request: MatchedRequest, recorder: Recorder | null): boolean;
}

/** Compiles `cookies`, `grpc` and `runtime_fraction` of a route; null stands for one with an error. */
export function compileConditions(match: RouteMatch, findings: Findings): (RouteCondition | null)[] {
  const conditions = match.cookies.map((cookie) => compileCookie(cookie, findings));
  if (match.grpc !== undefined) conditions.push(GRPC);
  if (match.runtimeFraction !== undefined) conditions.push(compileShare(match, findings));
  return conditions;
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
