import {
  type DirectResponseAction,
  RouteAction_ClusterNotFoundResponseCode as NotFoundCode,
  type RateLimit,
  type Route,
  type RouteAction as RouteActionConfig,
  type RouteMatch,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import { lowerAscii } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import { inlineText } from '../data-source.ts';
import { durationMs } from '../duration.ts';
import type { Recipe } from '../filters/local-ratelimit/recipe.ts';
import { fieldOf, refuseField } from '../refusals.ts';
import { compileHostRewrite } from './host-rewrite.ts';
import { compilePathRewrite } from './path-rewrite.ts';
import type { CompileLevelConfig } from './per-filter-config.ts';
import { compileRedirect } from './redirect.ts';
import type { RouteAction } from './selected-route.ts';
import { compileStreamLimits } from './stream-limits.ts';
import { compileWeightedClusters, type WeightedDestination } from './weighted-clusters.ts';

/** What routes are compiled against. */
export interface RouteContext {
  findings: Findings;
  /** Compiles what routes say to the connection manager's filters. */
  compileFilterConfig: CompileLevelConfig;
  /** Compiles `rate_limits` of a route or a virtual host. */
  compileRateLimits(configs: readonly RateLimit[]): readonly Recipe[];
  /** Names of the snapshot's clusters; null: not known here, not checked. */
  clusters: { has(name: string): boolean } | null;
}

const DEFAULT_TIMEOUT_MS = 15_000;

/** What a route does with a request, and how often: weighted destinations are one variant each. */
export interface RouteVariant {
  action: RouteAction;
  weight: number;
  /** The message of a weighted destination, which may change headers. */
  destination: WeightedDestination['origin'] | null;
}

/** Compiles a route's action; null for an error. */
export function compileRouteAction(route: Route, context: RouteContext): RouteVariant[] | null {
  const { action, match } = route;
  switch (action.case) {
    case 'route':
      return compileClusterAction(action.value, match, context);
    case 'directResponse':
      return only(compileDirectResponse(action.value, context.findings));
    case 'redirect': {
      const redirect = compileRedirect(action.value, match, context.findings);
      return only(redirect && { kind: 'redirect', redirect });
    }
    case 'filterAction':
    case 'nonForwardingAction':
      refuseField(context.findings, route, fieldOf(action.case));
      return null;
    case undefined:
      context.findings.report({
        code: 'E122',
        severity: 'error',
        message: 'a route needs one of `route`, `redirect`, `direct_response`',
        envoy: 'refuses',
        about: route,
      });
      return null;
  }
}

const only = (action: RouteAction | null): RouteVariant[] | null =>
  action && [{ action, weight: 1, destination: null }];

function compileClusterAction(
  action: RouteActionConfig,
  match: RouteMatch | undefined,
  context: RouteContext,
): RouteVariant[] | null {
  const { findings } = context;
  const destinations = compileDestinations(action, context);
  const host = compileHostRewrite(action, findings);
  const pathRewrite = compilePathRewrite(action, match, findings, action);
  if (destinations === null || host === null || pathRewrite === null) return null;
  const common = {
    kind: 'cluster' as const,
    notFoundStatus: NOT_FOUND_STATUS[action.clusterNotFoundResponseCode],
    timeoutMs: action.timeout === undefined ? DEFAULT_TIMEOUT_MS : durationMs(action.timeout),
    hostRewrite: host.rewrite,
    hostByUpstream: host.byUpstream,
    appendsForwardedHost: action.appendXForwardedHost,
    pathRewrite,
    limits: compileStreamLimits(action),
  };
  return destinations.map(({ weight, origin, ...destination }) => ({
    action: { ...common, ...destination },
    weight,
    destination: origin,
  }));
}

const NOT_FOUND_STATUS: Readonly<Record<NotFoundCode, number>> = {
  [NotFoundCode.SERVICE_UNAVAILABLE]: 503,
  [NotFoundCode.NOT_FOUND]: 404,
  [NotFoundCode.INTERNAL_SERVER_ERROR]: 500,
};

type Destinations = (Omit<WeightedDestination, 'origin'> & {
  origin: WeightedDestination['origin'] | null;
})[];

const toCluster = (cluster: string, clusterHeader: string): Destinations => [
  { cluster, clusterHeader, weight: 1, destinationHost: '', origin: null },
];

function compileDestinations(action: RouteActionConfig, context: RouteContext): Destinations | null {
  const specifier = action.clusterSpecifier;
  switch (specifier.case) {
    case 'cluster':
      if (!isKnown(specifier.value, action, 'cluster', context)) return null;
      return toCluster(specifier.value, '');
    case 'clusterHeader':
      return toCluster('', lowerAscii(specifier.value));
    case 'weightedClusters': {
      const members = compileWeightedClusters(specifier.value, context.findings);
      if (members === null) return null;
      return members.every(
        ({ cluster, clusterHeader, origin }) =>
          clusterHeader !== '' || isKnown(cluster, origin, 'name', context),
      )
        ? members
        : null;
    }
    default: {
      const field = specifier.case === undefined ? 'cluster_specifier' : fieldOf(specifier.case);
      refuseField(context.findings, action, field);
      return null;
    }
  }
}

function isKnown(
  cluster: string,
  about: object,
  field: string,
  { clusters, findings }: RouteContext,
): boolean {
  if (clusters === null || clusters.has(cluster)) return true;
  findings.report({
    code: 'E201',
    severity: 'error',
    message: `route: unknown cluster \`${cluster}\``,
    envoy: 'refuses',
    about,
    field,
  });
  return false;
}

function compileDirectResponse(action: DirectResponseAction, findings: Findings): RouteAction | null {
  const body = inlineText(action.body, findings);
  return body === null ? null : { kind: 'direct', status: action.status, body };
}
