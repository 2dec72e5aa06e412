import type {
  DirectResponseAction,
  Route,
  RouteAction as RouteActionConfig,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { Findings } from '../../resources/index.ts';
import { inlineText } from '../data-source.ts';
import { durationMs } from '../duration.ts';
import { refuseField } from '../refusals.ts';
import type { RouteAction } from './selected-route.ts';

/** What routes are compiled against. */
export interface RouteContext {
  findings: Findings;
  /** Names of the snapshot's clusters; null: not known here, not checked. */
  clusters: ReadonlySet<string> | null;
}

const DEFAULT_TIMEOUT_MS = 15_000;

export function compileRouteAction(route: Route, context: RouteContext): RouteAction | null {
  const { action } = route;
  switch (action.case) {
    case 'route':
      return compileClusterAction(action.value, context);
    case 'directResponse':
      return compileDirectResponse(action.value, context.findings);
    case 'redirect':
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
  redirect: 'redirect',
  filterAction: 'filter_action',
  nonForwardingAction: 'non_forwarding_action',
} as const;

function compileClusterAction(action: RouteActionConfig, context: RouteContext): RouteAction | null {
  const { findings, clusters } = context;
  const specifier = action.clusterSpecifier;
  if (specifier.case !== 'cluster') {
    refuseField(findings, action, specifier.case === undefined ? 'cluster_specifier' : snake(specifier.case));
    return null;
  }
  const host = action.hostRewriteSpecifier;
  if (host.case !== undefined && host.case !== 'hostRewriteLiteral') {
    refuseField(findings, action, snake(host.case));
    return null;
  }
  const cluster = specifier.value;
  if (clusters !== null && !clusters.has(cluster)) {
    findings.report({
      code: 'E201',
      severity: 'error',
      message: `route: unknown cluster \`${cluster}\``,
      envoy: 'refuses',
      about: action,
      field: 'cluster',
    });
    return null;
  }
  return {
    kind: 'cluster',
    cluster,
    timeoutMs: action.timeout === undefined ? DEFAULT_TIMEOUT_MS : durationMs(action.timeout),
    hostRewrite: host.value,
  };
}

function compileDirectResponse(action: DirectResponseAction, findings: Findings): RouteAction | null {
  const body = inlineText(action.body, findings);
  return body === null ? null : { kind: 'direct', status: action.status, body };
}

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (upper) => `_${upper.toLowerCase()}`);
