import type {
  RetryPolicy,
  Route,
  RouteAction,
  VirtualHost,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { RouteConfiguration } from '#schema/envoy/config/route/v3/route_pb.js';
import { renderNames } from '../decode/render-names.ts';
import { wholeMsOf } from '../rules/duration-text.ts';
import type { CheckContext } from './check-context.ts';

/** Domains must be unique, clusters must exist (Envoy: config_impl.cc). */
export function checkRoutes(routes: RouteConfiguration, context: CheckContext): void {
  checkDomains(routes, context);
  checkBodies(routes, context);
  checkRetries(routes, context);
  if (routes.validateClusters === false) return;
  for (const host of routes.virtualHosts) {
    for (const route of host.routes) checkRouteClusters(route, context);
  }
}

/** Nothing is tried again here; what a policy says must be right all the same. */
function checkRetries({ virtualHosts }: RouteConfiguration, context: CheckContext): void {
  for (const { retryPolicy, routes } of virtualHosts) {
    checkBackOff(retryPolicy, context);
    for (const { action } of routes)
      if (action.case === 'route') checkBackOff(action.value.retryPolicy, context);
  }
}

/** In whole milliseconds (Envoy: retry_policy_impl.cc). */
function checkBackOff(policy: RetryPolicy | undefined, context: CheckContext): void {
  const { baseInterval: base, maxInterval: max } = policy?.retryBackOff ?? {};
  if (base === undefined || max === undefined) return;
  const baseMs = wholeMsOf(base) || 1n;
  if (wholeMsOf(max) >= baseMs) return;
  context.complain({
    code: 'badBackOff',
    message: 'retry_policy.max_interval must greater than or equal to the base_interval',
    about: policy?.retryBackOff as object,
    field: 'max_interval',
  });
}

const BODY_BYTES_MAX = 4096;

/** The body of a direct response has a bound. */
function checkBodies(routes: RouteConfiguration, context: CheckContext): void {
  const max = routes.maxDirectResponseBodySizeBytes ?? BODY_BYTES_MAX;
  for (const { action } of routes.virtualHosts.flatMap((host) => host.routes)) {
    const body = action.case === 'directResponse' ? action.value.body : undefined;
    if (body === undefined) continue;
    const { specifier } = body;
    if (specifier.case !== 'inlineString' && specifier.case !== 'inlineBytes') continue;
    const bytes = Buffer.byteLength(specifier.value);
    if (bytes <= max) continue;
    context.complain({
      code: 'constraint',
      message: `response body size is ${bytes} bytes; maximum is ${max}`,
      about: body,
    });
  }
}

function checkDomains(routes: RouteConfiguration, context: CheckContext): void {
  const seen = new Map<string, VirtualHost>();
  for (const host of routes.virtualHosts) {
    host.domains.forEach((written, index) => {
      const domain = written.toLowerCase();
      const first = seen.get(domain);
      if (first === undefined) seen.set(domain, host);
      else complainOfDomain(written, index, host, first, routes, context);
    });
  }
}

function complainOfDomain(
  domain: string,
  index: number,
  host: VirtualHost,
  first: VirtualHost,
  routes: RouteConfiguration,
  context: CheckContext,
): void {
  const message =
    domain === '*'
      ? `only a single wildcard domain is permitted in route \`${routes.name}\``
      : `only unique values for domains are permitted: \`${domain}\` is in route \`${routes.name}\` twice`;
  const line = context.placeOf(first)?.line;
  context.complain({
    code: 'duplicateDomain',
    message,
    hint: `it is already in virtual host \`${first.name}\`${line === undefined ? '' : ` (line ${line})`}`,
    about: host,
    field: `domains[${index}]`,
  });
}

function checkRouteClusters(route: Route, context: CheckContext): void {
  if (route.action.case !== 'route') return;
  const action: RouteAction = route.action.value;
  const specifier = action.clusterSpecifier;
  if (specifier.case === 'cluster') checkCluster(specifier.value, action, 'cluster', context);
  if (specifier.case !== 'weightedClusters') return;
  for (const weighted of specifier.value.clusters) {
    if (weighted.name !== '') checkCluster(weighted.name, weighted, 'name', context);
  }
}

function checkCluster(name: string, about: object, field: string, context: CheckContext): void {
  if (context.clusterNames.has(name) || name === '' || context.clustersAreBroken) return;
  const meant = context.guess(name, () => context.clusterNames);
  context.complain({
    code: 'unknownCluster',
    message: `unknown cluster \`${name}\``,
    hint: meant === undefined ? clustersThatAre(context.clusterNames) : `did you mean \`${meant}\`?`,
    about,
    field,
  });
}

function clustersThatAre(names: ReadonlySet<string>): string {
  if (names.size === 0) return 'there are no clusters';
  return `the clusters are ${renderNames(names)}`;
}
