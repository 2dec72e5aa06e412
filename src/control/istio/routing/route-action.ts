import { create } from '@bufbuild/protobuf';
import { DurationSchema } from '@bufbuild/protobuf/wkt';
import {
  RedirectAction_RedirectResponseCode as Code,
  type DirectResponseAction,
  DirectResponseActionSchema,
  type RedirectAction,
  RedirectActionSchema,
  type Route,
  type RouteAction,
  RouteActionSchema,
  WeightedCluster_ClusterWeightSchema,
  WeightedClusterSchema,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import {
  HttpRedirect_DerivePort as DerivePort,
  type Destination,
  type HttpDestination,
  type HttpDirectResponse,
  type HttpRedirect,
  type HttpRoute,
} from '#schema/istio/networking_pb.js';
import { durationOf, parseGoDuration } from '../go-duration.ts';
import type { Lineage } from '../lineage.ts';
import { buildHeaderChanges, type HeaderChanges } from './header-operations.ts';

export interface ActionContext {
  site: { port: number; tls: boolean };
  lineage: Lineage;
  /** What a request header `host` of the route says. */
  authority: string | null;
  /** The VirtualService's. */
  namespace: string;
  clusterFor(destination: Destination, namespace: string, listenerPort: number): string;
}

export interface BuiltAction {
  action: Route['action'];
  /** Header changes of the one destination, which are the route's. */
  own: HeaderChanges;
}

const NO_CHANGES: HeaderChanges = {
  requestHeadersToAdd: [],
  requestHeadersToRemove: [],
  responseHeadersToAdd: [],
  responseHeadersToRemove: [],
};

/** What becomes of a request on a route of a VirtualService: a redirect, a reply, or one of its destinations. */
export function buildRouteAction(http: HttpRoute, context: ActionContext): BuiltAction {
  const { lineage, site } = context;
  const { redirect, directResponse } = http;
  if (redirect !== undefined) {
    const value = lineage.inherit(buildRedirect(redirect, site), redirect);
    return { action: { case: 'redirect', value }, own: NO_CHANGES };
  }
  if (directResponse !== undefined) {
    const value = lineage.inherit(buildDirectResponse(directResponse), directResponse);
    return { action: { case: 'directResponse', value }, own: NO_CHANGES };
  }
  return buildForward(http, context);
}

function buildForward(http: HttpRoute, context: ActionContext): BuiltAction {
  const { lineage } = context;
  const action = create(RouteActionSchema, { timeout: timeoutOf(http) });
  const [first, ...others] = http.route;
  const single = others.length === 0 ? first : undefined;
  const own = buildHeaderChanges(single?.headers, lineage);
  if (single?.destination !== undefined) {
    action.clusterSpecifier = { case: 'cluster', value: clusterOf(single, context) };
  } else {
    action.clusterSpecifier = { case: 'weightedClusters', value: weightedClusters(http, context) };
  }
  applyRewrite(action, http, context.authority ?? own.authority, lineage);
  lineage.inherit(action, single?.destination ?? http, single === undefined ? 'route' : undefined);
  return { action: { case: 'route', value: action }, own: own.changes };
}

/** Istio has no time limit of its own. */
function timeoutOf({ timeout }: HttpRoute) {
  return timeout === undefined ? create(DurationSchema) : durationOf(parseGoDuration(timeout) ?? 0n);
}

function clusterOf({ destination }: HttpDestination, { clusterFor, namespace, site }: ActionContext): string {
  return destination === undefined ? '' : clusterFor(destination, namespace, site.port);
}

/** Destinations without a weight get nothing where there are several. */
function weightedClusters(http: HttpRoute, context: ActionContext) {
  const clusters = http.route
    .filter(({ weight }) => weight > 0)
    .map((member) => {
      const { changes, authority } = buildHeaderChanges(member.headers, context.lineage);
      const made = create(WeightedCluster_ClusterWeightSchema, {
        name: clusterOf(member, context),
        weight: member.weight,
        ...changes,
        ...(authority === null
          ? {}
          : { hostRewriteSpecifier: { case: 'hostRewriteLiteral', value: authority } }),
      });
      return context.lineage.inherit(made, member);
    });
  return context.lineage.inherit(create(WeightedClusterSchema, { clusters }), http, 'route');
}

function applyRewrite(
  action: RouteAction,
  { rewrite }: HttpRoute,
  authority: string | null,
  lineage: Lineage,
): void {
  const regex = rewrite?.uriRegexRewrite;
  if (regex !== undefined) {
    action.regexRewrite = lineage.inherit(
      create(RouteActionSchema, {
        regexRewrite: { pattern: { regex: regex.match }, substitution: regex.rewrite },
      }).regexRewrite as NonNullable<RouteAction['regexRewrite']>,
      regex,
    );
  } else if (rewrite?.uri) {
    action.prefixRewrite = rewrite.uri;
  }
  const host = rewrite?.authority || authority;
  if (host) action.hostRewriteSpecifier = { case: 'hostRewriteLiteral', value: host };
}

const CODES: Readonly<Record<number, Code>> = {
  0: Code.MOVED_PERMANENTLY,
  301: Code.MOVED_PERMANENTLY,
  302: Code.FOUND,
  303: Code.SEE_OTHER,
  307: Code.TEMPORARY_REDIRECT,
  308: Code.PERMANENT_REDIRECT,
};

/** Whether Envoy has a redirect with this code. */
export function isRedirectCode(code: number): boolean {
  return CODES[code] !== undefined;
}

function buildRedirect(redirect: HttpRedirect, site: { port: number; tls: boolean }): RedirectAction {
  const { uri, authority, scheme, redirectCode } = redirect;
  return create(RedirectActionSchema, {
    hostRedirect: authority,
    portRedirect: redirectPort(redirect, site),
    responseCode: CODES[redirectCode] ?? Code.MOVED_PERMANENTLY,
    ...(uri === '' ? {} : { pathRewriteSpecifier: { case: 'pathRedirect', value: uri } }),
    ...(scheme === '' ? {} : { schemeRewriteSpecifier: { case: 'schemeRedirect', value: scheme } }),
  });
}

/** 0: none is written; nor is the one that the scheme has anyway. */
function redirectPort(redirect: HttpRedirect, site: { port: number; tls: boolean }): number {
  const derived = redirect.derivePort === DerivePort.FROM_REQUEST_PORT ? site.port : 0;
  const port = redirect.port ?? derived;
  const scheme = redirect.scheme || (site.tls ? 'https' : 'http');
  return (port === 80 && scheme === 'http') || (port === 443 && scheme === 'https') ? 0 : port;
}

function buildDirectResponse({ status, body }: HttpDirectResponse): DirectResponseAction {
  const specifier = body?.specifier;
  return create(DirectResponseActionSchema, {
    status,
    ...(specifier?.case === 'string'
      ? { body: { specifier: { case: 'inlineString', value: specifier.value } } }
      : {}),
    ...(specifier?.case === 'bytes'
      ? { body: { specifier: { case: 'inlineBytes', value: specifier.value } } }
      : {}),
  });
}
