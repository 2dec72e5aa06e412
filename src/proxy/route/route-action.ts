import type {
  DirectResponseAction,
  RateLimit,
  Route,
  RouteAction as RouteActionConfig,
  RouteMatch,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { Findings } from '../../resources/index.ts';
import { inlineText } from '../data-source.ts';
import { durationMs } from '../duration.ts';
import type { Recipe } from '../filters/local-ratelimit/recipe.ts';
import { refuseField } from '../refusals.ts';
import { compilePathRewrite } from './path-rewrite.ts';
import type { CompileLevelConfig } from './per-filter-config.ts';
import { compileRedirect } from './redirect.ts';
import type { RouteAction } from './selected-route.ts';
import { compileWeightedClusters, type WeightedDestination } from './weighted-clusters.ts';

/** What routes are compiled against. */
export interface RouteContext {
  findings: Findings;
  /** Compiles what routes say to the connection manager's filters. */
  compileFilterConfig: CompileLevelConfig;
  /** Compiles `rate_limits` of a route or a virtual host. */
  compileRateLimits(configs: readonly RateLimit[]): readonly Recipe[];
  /** Names of the snapshot's clusters; null: not known here, not checked. */
  clusters: ReadonlySet<string> | null;
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
      refuseField(context.findings, route, FIELD_NAMES[action.case]);
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

const FIELD_NAMES = {
  filterAction: 'filter_action',
  nonForwardingAction: 'non_forwarding_action',
} as const;

const only = (action: RouteAction | null): RouteVariant[] | null =>
  action && [{ action, weight: 1, destination: null }];

function compileClusterAction(
  action: RouteActionConfig,
  match: RouteMatch | undefined,
  context: RouteContext,
): RouteVariant[] | null {
  const { findings } = context;
  const destinations = compileDestinations(action, context);
  const host = action.hostRewriteSpecifier;
  if (host.case !== undefined && host.case !== 'hostRewriteLiteral') {
    refuseField(findings, action, snake(host.case));
    return null;
  }
  const pathRewrite = compilePathRewrite(action, match, findings, action);
  if (destinations === null || pathRewrite === null) return null;
  const timeoutMs = action.timeout === undefined ? DEFAULT_TIMEOUT_MS : durationMs(action.timeout);
  return destinations.map(({ cluster, weight, hostRewrite, origin }) => ({
    action: { kind: 'cluster', cluster, timeoutMs, hostRewrite: host.value ?? hostRewrite, pathRewrite },
    weight,
    destination: origin,
  }));
}

type Destinations = (Omit<WeightedDestination, 'origin'> & {
  origin: WeightedDestination['origin'] | null;
})[];

function compileDestinations(action: RouteActionConfig, context: RouteContext): Destinations | null {
  const specifier = action.clusterSpecifier;
  switch (specifier.case) {
    case 'cluster':
      if (!isKnown(specifier.value, action, 'cluster', context)) return null;
      return [{ cluster: specifier.value, weight: 1, hostRewrite: undefined, origin: null }];
    case 'weightedClusters': {
      const members = compileWeightedClusters(specifier.value, context.findings);
      if (members === null) return null;
      return members.every(({ cluster, origin }) => isKnown(cluster, origin, 'name', context))
        ? members
        : null;
    }
    default: {
      const field = specifier.case === undefined ? 'cluster_specifier' : snake(specifier.case);
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

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (upper) => `_${upper.toLowerCase()}`);
