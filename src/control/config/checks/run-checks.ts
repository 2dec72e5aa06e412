import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { DecodeContext } from '../decode/decode-context.ts';
import { applyRuntime } from '../runtime/apply-runtime.ts';
import { checkTlsCertificate } from './check-certificate.ts';
import { checkCircuitBreakers, checkDropOverloads } from './check-circuit-breakers.ts';
import { checkCluster, checkClusterNames } from './check-clusters.ts';
import { CheckContext } from './check-context.ts';
import { checkDuration } from './check-duration.ts';
import { checkHttpFilters, checkTypedConfig } from './check-filter-chain.ts';
import { checkFilterConfig } from './check-filter-config.ts';
import { checkGrpcClusters } from './check-grpc-clusters.ts';
import { checkJwtAuthn } from './check-jwt-authn.ts';
import { checkListeners } from './check-listeners.ts';
import { checkRegex } from './check-regex.ts';
import { checkRetryPolicy } from './check-retry-policy.ts';
import { checkRoutes } from './check-routes.ts';
import { checkRuntime } from './check-runtime.ts';
import { checkDownstreamTls, checkValidationContext } from './check-tls.ts';

type Check = (message: never, context: CheckContext) => void;

/** Checks of one message, wherever it stands, by its full name. */
const CHECKS: Readonly<Record<string, Check>> = {
  'google.protobuf.Duration': checkDuration,
  'envoy.type.matcher.v3.RegexMatcher': checkRegex,
  'envoy.config.bootstrap.v3.LayeredRuntime': checkRuntime,
  'envoy.config.cluster.v3.CircuitBreakers': checkCircuitBreakers,
  'envoy.config.cluster.v3.Cluster': checkCluster,
  'envoy.config.endpoint.v3.ClusterLoadAssignment.Policy': checkDropOverloads,
  'envoy.config.core.v3.RetryPolicy': checkRetryPolicy,
  'envoy.config.route.v3.RetryPolicy': checkRetryPolicy,
  'envoy.config.route.v3.FilterConfig': checkFilterConfig,
  'envoy.config.route.v3.RouteConfiguration': checkRoutes,
  'envoy.config.listener.v3.Filter': checkTypedConfig,
  'envoy.config.listener.v3.ListenerFilter': checkTypedConfig,
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter': checkTypedConfig,
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': checkHttpFilters,
  'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication': checkJwtAuthn,
  'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext': checkDownstreamTls,
  'envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext': checkValidationContext,
  'envoy.extensions.transport_sockets.tls.v3.TlsCertificate': checkTlsCertificate,
};

/**
 * Puts what the runtime says in its place, then says what Envoy finds when it builds what the text describes: references, addresses,
 * expressions, key sets, chains.
 * @param isRunning it was read from an Envoy that runs it
 */
export function runChecks(bootstrap: Bootstrap, decode: DecodeContext, isRunning: boolean): void {
  const context = new CheckContext(bootstrap, decode, isRunning);
  applyRuntime(bootstrap, decode.decoded, context);
  const { clusters = [], listeners = [] } = bootstrap.staticResources ?? {};
  checkClusterNames(clusters, context);
  checkListeners(listeners, context);
  checkGrpcClusters(clusters, decode.decoded, context);
  for (const { message, desc } of decode.decoded) {
    const check = CHECKS[desc.typeName];
    check?.(message as never, context);
  }
}
