import type { Route, VirtualHost } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { RouteConfiguration } from '#schema/envoy/config/route/v3/route_pb.js';
import type { Recorder } from '../../base/index.ts';
import {
  type Hint,
  lowerAscii,
  type MatchedRequest,
  withoutParameters,
  withoutQuery,
} from '../../core/match/index.ts';
import { configuredMetadata } from '../configured-metadata.ts';
import type { Recipe } from '../filters/local-ratelimit/recipe.ts';
import { portColonOf } from '../http/authority.ts';
import type { HeaderList } from '../http/header-list.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { Circumstances } from './circumstances.ts';
import { DomainIndex } from './domain-index.ts';
import { compileHeaderMutations, type HeaderMutations } from './header-mutation.ts';
import { layerFilterConfigs } from './per-filter-config.ts';
import { compileRequestMatcher, type RequestMatcher } from './request-matcher.ts';
import { compileRequireTls } from './require-tls.ts';
import { compileRouteAction, type RouteContext } from './route-action.ts';
import { type ListedRoute, RouteList } from './route-list.ts';
import { compileRouteSampling, operationOf } from './sampling.ts';
import type {
  AttemptCounts,
  RouteFilterEntry,
  RouteRateLimits,
  SelectedRoute,
  VirtualHostFacts,
} from './selected-route.ts';
import { boundsOf, partByHeader } from './weighted-clusters.ts';

/** A compiled route configuration: virtual hosts by domain, routes by path, first match wins. */
export interface RouteTable {
  /** @param around what has a say besides the head */
  select(request: RequestHead, recorder: Recorder | null, around: Circumstances): SelectedRoute | null;
  /** The virtual host of a request, also where none of its routes matches; null: none. */
  hostOf(request: RequestHead): VirtualHostFacts | null;
  /** The configuration message it was compiled from. */
  readonly origin: RouteConfiguration;
}

/** Compiles a route configuration; null when one of its routes cannot be done. */
export function compileRouteTable(config: RouteConfiguration, outer: RouteContext): RouteTable | null {
  const context: LevelContext = {
    ...outer,
    clusters: config.validateClusters === false ? null : outer.clusters,
    mostSpecificWins: config.mostSpecificHeaderMutationsWins,
    ignoresPathParameters: config.ignorePathParametersInPathMatching,
  };
  const domains = new DomainIndex<CompiledHost>();
  const shared = levelsOf(config, context);
  let complete = true;
  for (const virtualHost of config.virtualHosts) {
    const host = compileVirtualHost(virtualHost, shared, context);
    if (host === null) complete = false;
    else if (!addDomains(domains, virtualHost, host, context)) complete = false;
  }
  return complete ? new CompiledRouteTable(config, domains) : null;
}

interface LevelContext extends RouteContext {
  mostSpecificWins: boolean;
  ignoresPathParameters: boolean;
}

interface Levels {
  request: readonly HeaderMutations[];
  response: readonly HeaderMutations[];
  perFilter: ReadonlyMap<string, RouteFilterEntry> | null;
}

type Level = Pick<
  RouteConfiguration,
  | 'requestHeadersToAdd'
  | 'requestHeadersToRemove'
  | 'responseHeadersToAdd'
  | 'responseHeadersToRemove'
  | 'typedPerFilterConfig'
>;

/** What one level says, in front of what the levels around it say. */
function levelsOf(level: Level, context: RouteContext, outer?: Levels): Levels {
  const { findings } = context;
  const request = compileHeaderMutations(
    level.requestHeadersToAdd,
    { names: level.requestHeadersToRemove, about: level, field: 'request_headers_to_remove' },
    findings,
  );
  const response = compileHeaderMutations(
    level.responseHeadersToAdd,
    { names: level.responseHeadersToRemove, about: level, field: 'response_headers_to_remove' },
    findings,
  );
  return {
    request: [...(request === null ? [] : [request]), ...(outer?.request ?? [])],
    response: [...(response === null ? [] : [response]), ...(outer?.response ?? [])],
    perFilter: layerFilterConfigs(level, outer?.perFilter ?? null, context.compileFilterConfig),
  };
}

/** The most specific level is applied first, so that the others can overwrite it, unless it is to win. */
function inOrder(
  levels: readonly HeaderMutations[],
  { mostSpecificWins }: LevelContext,
): readonly HeaderMutations[] {
  return mostSpecificWins ? levels.toReversed() : levels;
}

class CompiledRoute implements ListedRoute {
  readonly order: number;
  readonly matcher: RequestMatcher;
  readonly hint: Hint<MatchedRequest>;
  readonly #variants: readonly { selected: SelectedRoute; weight: number }[];
  /** Its number takes the place of chance; empty: none. */
  readonly #chanceHeader: string;
  /** Where the share of each variant ends. */
  readonly #bounds: readonly number[];

  constructor(
    order: number,
    matcher: RequestMatcher,
    variants: readonly { selected: SelectedRoute; weight: number }[],
    chanceHeader: string,
  ) {
    this.order = order;
    this.matcher = matcher;
    this.#variants = variants;
    this.#chanceHeader = chanceHeader;
    this.#bounds = boundsOf(variants);
    this.hint = matcher.hint;
  }

  accepts(path: string, request: MatchedRequest): boolean {
    return this.matcher.matches(path, request, null);
  }

  /** The route, as its only destination has it. */
  get selected(): SelectedRoute {
    return (this.#variants[0] as { selected: SelectedRoute }).selected;
  }

  /** The route as it is for a request: of several destinations one by chance, a cluster's name out of a header. */
  pick({ headers }: RequestHead, around: Circumstances): SelectedRoute {
    const selected = this.#variants.length === 1 ? this.selected : this.#draw(headers, around);
    const { action } = selected;
    if (action.kind !== 'cluster' || action.clusterHeader === '') return selected;
    return { ...selected, action: { ...action, cluster: headers.get(action.clusterHeader) ?? '' } };
  }

  #draw(headers: HeaderList, around: Circumstances): SelectedRoute {
    const asked = this.#chanceHeader === '' ? null : partByHeader(headers, this.#chanceHeader, this.#bounds);
    return (this.#variants[asked ?? around.chance.part(this.#bounds)] as { selected: SelectedRoute })
      .selected;
  }

  get wants(): string {
    return this.matcher.wants;
  }

  get targets(): string {
    return this.#variants.map(({ selected }) => describeTarget(selected.action)).join(' or ');
  }
}

interface CompiledHost {
  origin: VirtualHost;
  facts: VirtualHostFacts;
  /** `require_tls`: where whoever did not come by TLS is sent. */
  tlsRedirect: SelectedRoute | null;
  routes: RouteList<CompiledRoute>;
}

function compileVirtualHost(config: VirtualHost, shared: Levels, context: LevelContext): CompiledHost | null {
  const levels = levelsOf(config, context, shared);
  const host = {
    name: config.name,
    rateLimits: context.compileRateLimits(config.rateLimits),
    countsAttempts: {
      request: config.includeRequestAttemptCount,
      response: config.includeAttemptCountInResponse,
    },
  };
  const routes = config.routes.map((route, order) => compileRoute({ route, order }, host, levels, context));
  if (routes.includes(null)) return null;
  const tlsRedirect = compileRequireTls(config, context.ignoresPathParameters);
  const facts = { name: config.name, metadata: configuredMetadata(config.metadata) };
  return { origin: config, facts, tlsRedirect, routes: new RouteList(routes as CompiledRoute[]) };
}

function compileRoute(
  { route, order }: { route: Route; order: number },
  host: { name: string; rateLimits: readonly Recipe[]; countsAttempts: AttemptCounts },
  outer: Levels,
  context: LevelContext,
): CompiledRoute | null {
  const matcher =
    route.match === undefined ? null : compileRequestMatcher(route.match, 'route', context.findings);
  const variants = compileRouteAction(route, context);
  const levels = levelsOf(route, context, outer);
  const rateLimits = rateLimitsOf(route, host.rateLimits, context);
  const metadata = configuredMetadata(route.metadata);
  if (matcher === null || variants === null) return null;
  const selected = variants.map(({ action, weight, destination }) => {
    const around = { request: [], response: [], perFilter: levels.perFilter };
    const own = destination === null ? around : levelsOf(destination, context, around);
    return {
      weight,
      selected: {
        name: route.name,
        virtualHost: host.name,
        action,
        destinationHeaders: own.request,
        requestHeaders: inOrder(levels.request, context),
        // What a weighted cluster says comes first even where the most specific level wins (Envoy: WeightedClusterEntry).
        responseHeaders: [...own.response, ...inOrder(levels.response, context)],
        perFilter: own.perFilter,
        metadata,
        rateLimits,
        countsAttempts: host.countsAttempts,
        sampling: compileRouteSampling(route.tracing),
        operation: operationOf(route.decorator),
        ignoresPathParameters: context.ignoresPathParameters,
        origin: route,
      },
    };
  });
  const chosen = selected.filter(({ weight }) => weight > 0);
  return new CompiledRoute(order, matcher, chosen, chanceHeaderOf(route));
}

function chanceHeaderOf({ action }: Route): string {
  const specifier = action.case === 'route' ? action.value.clusterSpecifier : undefined;
  const random = specifier?.case === 'weightedClusters' ? specifier.value.randomValueSpecifier : undefined;
  return random?.case === 'headerName' ? lowerAscii(random.value) : '';
}

/** Routes that answer by themselves have none, as in Envoy. */
function rateLimitsOf(
  { action }: Route,
  virtualHost: readonly Recipe[],
  context: RouteContext,
): RouteRateLimits | null {
  if (action.case !== 'route') return null;
  const route = context.compileRateLimits(action.value.rateLimits);
  if (route.length === 0 && virtualHost.length === 0) return null;
  return { route, virtualHost, includesVirtualHost: action.value.includeVhRateLimits === true };
}

function addDomains(
  index: DomainIndex<CompiledHost>,
  config: VirtualHost,
  host: CompiledHost,
  context: RouteContext,
): boolean {
  let complete = true;
  for (const [position, domain] of config.domains.entries()) {
    if (index.add(domain, host)) continue;
    complete = false;
    context.findings.report({
      code: 'E205',
      severity: 'error',
      message: `only unique values for domains are permitted, and \`${domain}\` is there twice`,
      envoy: 'refuses',
      about: config,
      field: `domains[${position}]`,
    });
  }
  return complete;
}

class CompiledRouteTable implements RouteTable {
  readonly origin: RouteConfiguration;
  readonly #domains: DomainIndex<CompiledHost>;

  constructor(origin: RouteConfiguration, domains: DomainIndex<CompiledHost>) {
    this.origin = origin;
    this.#domains = domains;
  }

  select(request: RequestHead, recorder: Recorder | null, around: Circumstances): SelectedRoute | null {
    const host = this.#find(request);
    if (recorder !== null) return this.#explain(host, request, recorder, around);
    if (host === null) return null;
    if (host.tlsRedirect !== null && isPlain(request)) return host.tlsRedirect;
    return host.routes.first(this.#pathOf(request), request, around)?.pick(request, around) ?? null;
  }

  hostOf(request: RequestHead): VirtualHostFacts | null {
    return this.#find(request)?.facts ?? null;
  }

  #find({ authority }: RequestHead): CompiledHost | null {
    return this.#domains.find(this.origin.ignorePortInHostMatching ? withoutPort(authority) : authority);
  }

  /** What routes are asked about. */
  #pathOf({ path }: RequestHead): string {
    const bare = withoutQuery(path);
    return this.origin.ignorePathParametersInPathMatching ? withoutParameters(bare) : bare;
  }

  /** The same choice, with a step for every route that was passed over on the way to it. */
  #explain(
    host: CompiledHost | null,
    request: RequestHead,
    recorder: Recorder,
    around: Circumstances,
  ): SelectedRoute | null {
    if (host === null) {
      recorder.open('virtual host', `none has the domain "${request.authority}"`, this.origin);
      recorder.close('no');
      return null;
    }
    const path = this.#pathOf(request);
    const chosen = host.routes.first(path, request, around);
    recorder.open('virtual host', `"${host.origin.name}"`, host.origin);
    recorder.note(`host = "${request.authority}"`);
    if (host.tlsRedirect !== null && isPlain(request)) {
      recorder.note(`x-forwarded-proto = "${request.headers.get('x-forwarded-proto') ?? ''}"`);
      recorder.close('ok', 'sent to https by `require_tls`');
      return host.tlsRedirect;
    }
    for (const route of host.routes.entries) {
      recorder.open('route', describeRoute(route), route.selected.origin);
      route.matcher.matches(path, request, recorder, around);
      recorder.close(route === chosen ? 'ok' : 'no');
      if (route === chosen) break;
    }
    recorder.close(chosen === null ? 'no' : 'ok', chosen === null ? 'no route matches' : undefined);
    return chosen?.pick(request, around) ?? null;
  }
}

const isPlain = ({ headers }: RequestHead) => headers.get('x-forwarded-proto') !== 'https';

/** The host in front of a port, be it an empty one; an IPv6 literal keeps its brackets. */
function withoutPort(authority: string): string {
  const colon = portColonOf(authority);
  return colon < 0 ? authority : authority.slice(0, colon);
}

function describeRoute(route: CompiledRoute): string {
  const { name } = route.selected;
  return `${name === '' ? '' : `${name}: `}${route.wants} -> ${route.targets}`;
}

function describeTarget(action: SelectedRoute['action']): string {
  switch (action.kind) {
    case 'cluster':
      return action.clusterHeader === '' ? `cluster ${action.cluster}` : `cluster by ${action.clusterHeader}`;
    case 'direct':
      return `direct response ${action.status}`;
    case 'redirect':
      return `redirect ${action.redirect.status}`;
  }
}
