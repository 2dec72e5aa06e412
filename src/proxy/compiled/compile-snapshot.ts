import { toBinary } from '@bufbuild/protobuf';
import {
  type Cluster,
  ClusterSchema,
  Cluster_DiscoveryType as DiscoveryType,
} from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type {
  Filter,
  FilterChain,
  ListenerFilter,
} from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import type { Listener } from '#schema/envoy/config/listener/v3/listener_pb.js';
import { TlsInspectorSchema } from '#schema/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js';
import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { RBACSchema } from '#schema/envoy/extensions/filters/network/rbac/v3/rbac_pb.js';
import { type Clock, type Logger, silentLogger } from '../../base/index.ts';
import type { CryptoPort } from '../../core/jwt/index.ts';
import { nodeCrypto } from '../../platform/index.ts';
import { type Findings, type Snapshot, typeNameOf, unpackAny } from '../../resources/index.ts';
import { compileAccessLogs } from '../access-log/compile-access-log.ts';
import { configuredMetadata } from '../configured-metadata.ts';
import { compileFilterChain } from '../filters/compile-filter-chain.ts';
import { type ChainContext, RouteFilterCompiler } from '../filters/compile-route-filter.ts';
import type { ConnectionGuard } from '../filters/connection-guard.ts';
import type { JwksFetcher, UpstreamCaller } from '../filters/filter.ts';
import { compileRouteRecipes } from '../filters/local-ratelimit/recipe.ts';
import { compileRbacGuard } from '../filters/rbac-network/compile-guard.ts';
import type { OwnName } from '../http/http-options.ts';
import type { Kept } from '../kept.ts';
import { headLimitsOf } from '../listener/compile-http-options.ts';
import { compileLocalReply } from '../local-reply/compile-local-reply.ts';
import { refuseField, refuseInto } from '../refusals.ts';
import { compileRouteTable } from '../route/route-table.ts';
import { type StatsScope, uncounted } from '../stats.ts';
import { firstHostName } from '../upstream/host-name.ts';
import { asksForCourse } from './asks-for-course.ts';
import type {
  ClusterFacts,
  CompiledConnectionManager,
  CompiledFilterChain,
  CompiledListener,
  CompiledSnapshot,
  ListenerFacts,
} from './compiled-listener.ts';
import { FilterChainSelector } from './filter-chain-selector.ts';

/** What compiling needs beside the snapshot. */
export interface CompileOptions {
  findings: Findings;
  clock: Clock;
  /** The way to remote key sets; null: no network (see `FactoryContext.jwks`). */
  jwks: JwksFetcher | null;
  /** The way to services that filters ask. Default: none. */
  upstreams?: UpstreamCaller | null;
  /** Root scope. Default: counters of their own that nobody reads. */
  stats?: StatsScope;
  crypto?: CryptoPort;
  /** `--envoy-exact`: nothing beyond what Envoy does. Default: what docs/divergences.md lists. */
  envoyExact?: boolean;
  /** Default: silent. */
  logger?: Logger;
  /** Where what was compiled for the configuration before is found. */
  kept?: Kept | undefined;
}

/**
 * Compiles the listeners of a snapshot: filter chains, route tables, HTTP filters. Everything that cannot be done as Envoy would is an
 * error among the findings; a listener with an error is left out, so nothing half-compiled ever serves.
 */
export function compileSnapshot(snapshot: Snapshot, options: CompileOptions): CompiledSnapshot {
  const context: SnapshotContext = {
    ...options,
    stats: options.stats ?? uncounted,
    upstreams: options.upstreams ?? null,
    crypto: options.crypto ?? nodeCrypto,
    envoyExact: options.envoyExact ?? false,
    logger: options.logger ?? silentLogger,
    kept: options.kept,
    node: { cluster: snapshot.bootstrap.node?.cluster ?? '', id: snapshot.bootstrap.node?.id ?? '' },
    clusters: new Map(snapshot.clusters.map((cluster) => [cluster.name, factsOf(cluster)])),
    clusterText: (name) => textOf(snapshot.clusters.find((cluster) => cluster.name === name)),
  };
  const listeners = snapshot.listeners.map((listener) => compileListener(listener, context));
  return new CompiledSet(listeners.filter((listener) => listener !== null));
}

const factsOf = (cluster: Cluster): ClusterFacts => ({
  hostName: firstHostName(cluster),
  observedName: cluster.altStatName || cluster.name,
  metadata: configuredMetadata(cluster.metadata),
  endpoints: endpointsOf(cluster),
});

function endpointsOf({ clusterDiscoveryType: kind, loadAssignment }: Cluster): number | null {
  if (kind.case === 'type' && kind.value !== DiscoveryType.STATIC) return null;
  const groups = loadAssignment?.endpoints ?? [];
  return groups.reduce((sum, { lbEndpoints }) => sum + lbEndpoints.length, 0);
}

const textOf = (cluster: Cluster | undefined) =>
  cluster === undefined ? '' : Buffer.from(toBinary(ClusterSchema, cluster)).toString('base64');

type SnapshotContext = Required<Omit<CompileOptions, 'kept'>> & {
  node: OwnName;
  clusters: ReadonlyMap<string, ClusterFacts>;
  /** All that is configured of a cluster, in one text. */
  clusterText(name: string): string;
  kept: Kept | undefined;
};

class CompiledSet implements CompiledSnapshot {
  readonly listeners: readonly CompiledListener[];

  constructor(listeners: readonly CompiledListener[]) {
    this.listeners = listeners;
  }

  async prepare(need: 'configured' | 'all'): Promise<void> {
    const filters = this.listeners.flatMap(({ chains }) => chains).flatMap(({ manager }) => manager.filters);
    await Promise.all(filters.map((filter) => filter.prepare?.(need)));
  }
}

function compileListener(listener: Listener, context: SnapshotContext): CompiledListener | null {
  const { findings } = context;
  const before = findings.list.length;
  const address = addressOf(listener, findings);
  if (listener.filterChainMatcher !== undefined) refuseField(findings, listener, 'filter_chain_matcher');
  const chains = listener.filterChains.map((chain, index) => compileChain(chain, index, listener, context));
  const fallback = listener.defaultFilterChain;
  const defaultChain = fallback === undefined ? null : compileChain(fallback, 'default', listener, context);
  const usable = chains.filter((chain) => chain !== null);
  const readsHello = listener.listenerFilters.some(isTlsInspector);
  const selector = new FilterChainSelector(usable, defaultChain, readsHello, findings);
  const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
  if (hasErrors || address === null) return null;
  return {
    origin: listener,
    name: listener.name === '' ? `${address.address}:${address.port}` : listener.name,
    address,
    chains: defaultChain === null ? usable : [...usable, defaultChain],
    readsHello,
    selectChain: (connection, recorder) => selector.select(connection, recorder),
  };
}

const isTlsInspector = ({ configType: config }: ListenerFilter) =>
  config.case === 'typedConfig' && typeNameOf(config.value) === TlsInspectorSchema.typeName;

function addressOf(listener: Listener, findings: Findings): { address: string; port: number } | null {
  const specifier = listener.address?.address;
  if (specifier?.case !== 'socketAddress' || specifier.value.portSpecifier.case !== 'portValue') {
    findings.report({
      code: 'E301',
      severity: 'error',
      message: 'a listener needs a `socket_address` with a `port_value`',
      envoy: 'accepts',
      about: listener.address ?? listener,
    });
    return null;
  }
  return { address: specifier.value.address, port: specifier.value.portSpecifier.value };
}

function compileChain(
  chain: FilterChain,
  place: number | 'default',
  { metadata, trafficDirection: direction }: Listener,
  context: SnapshotContext,
): CompiledFilterChain | null {
  const listener = { metadata: configuredMetadata(metadata), direction, chainName: chain.name };
  const hcm = managerOf(chain, context.findings);
  const manager = hcm === null ? null : compileManager(hcm, listener, context);
  const guards = chain.filters.slice(0, -1).map((filter) => compileGuard(filter, chain, listener, context));
  if (manager === null || guards.includes(null)) return null;
  const name = chain.name === '' ? `chain ${place}` : chain.name;
  return { origin: chain, name, guards: guards as ConnectionGuard[], manager };
}

/** The last network filter. */
function managerOf(chain: FilterChain, findings: Findings): HttpConnectionManager | null {
  const config = chain.filters.at(-1)?.configType;
  if (config?.case === 'typedConfig' && typeNameOf(config.value) === HttpConnectionManagerSchema.typeName)
    return unpackAny(HttpConnectionManagerSchema, config.value);
  return refuseFilters(chain, findings);
}

/** Of the network filters before it one kind is done. */
function compileGuard(
  { configType: config }: Filter,
  chain: FilterChain,
  listener: ListenerFacts,
  { findings, stats, clock }: SnapshotContext,
): ConnectionGuard | null {
  if (config.case === 'typedConfig' && typeNameOf(config.value) === RBACSchema.typeName)
    return compileRbacGuard(unpackAny(RBACSchema, config.value), {
      findings,
      rootStats: stats,
      clock,
      listener,
    });
  return refuseFilters(chain, findings);
}

function refuseFilters(about: FilterChain, findings: Findings): null {
  findings.report({
    code: 'E302',
    severity: 'error',
    message: 'a filter chain must hold the HTTP connection manager and before it nothing but `rbac`',
    envoy: 'accepts',
    about,
    field: 'filters',
  });
  return null;
}

function compileManager(
  hcm: HttpConnectionManager,
  listener: ListenerFacts,
  context: SnapshotContext,
): CompiledConnectionManager | null {
  const { findings, clusters } = context;
  const chainContext: ChainContext = {
    ...context,
    kept: context.kept?.scope(hcm.statPrefix, context.clusterText),
    stats: context.stats.scope(`http.${hcm.statPrefix}.`),
    rootStats: context.stats,
    headLimits: headLimitsOf(hcm),
  };
  const routeFilters = new RouteFilterCompiler(hcm, chainContext);
  const specifier = hcm.routeSpecifier;
  if (specifier.case !== 'routeConfig') refuseField(findings, hcm, specifier.case ?? 'route_specifier');
  const routes =
    specifier.case === 'routeConfig'
      ? compileRouteTable(specifier.value, {
          findings,
          clusters,
          compileFilterConfig: routeFilters.compile,
          compileRateLimits: (configs) => compileRouteRecipes(configs, chainContext),
        })
      : null;
  const chain = compileFilterChain(hcm, chainContext, routeFilters.switched);
  if (hcm.stripMatchingHostPort && hcm.stripPortMode.case === 'stripAnyHostPort') {
    refuseInto(findings)(
      'only one of strip_matching_host_port and strip_any_host_port can be set',
      hcm,
      'strip_any_host_port',
    );
  }
  const http1 = hcm.httpProtocolOptions;
  if (http1?.allowAbsoluteUrl === false)
    refuseField(findings, http1, 'allow_absolute_url', ' where it is `false`');
  const accessLogs = compileAccessLogs(hcm.accessLog, findings);
  const localReply = compileLocalReply(hcm.localReplyConfig, findings);
  if (routes === null || chain === null || localReply === undefined) return null;
  const keepsCourse = accessLogs.length > 0 || localReply !== null || asksForCourse(hcm);
  return {
    origin: hcm,
    statPrefix: hcm.statPrefix,
    node: context.node,
    routes,
    clusters,
    listener,
    accessLogs,
    localReply,
    keepsCourse,
    ...chain,
  };
}
