import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type {
  FilterChain,
  FilterChainMatch,
  ListenerFilter,
} from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import { typeNameOf } from '../../../resources/index.ts';
import type { CheckContext } from '../checks/check-context.ts';

const INSPECTOR = 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector';

/** L31: a condition on the client's hello, in a listener that does not look at it. Envoy 1.40 adds no inspector by itself. */
export function lintChainMatches(bootstrap: Bootstrap, context: CheckContext): void {
  for (const { listenerFilters, filterChains } of bootstrap.staticResources?.listeners ?? []) {
    if (!listenerFilters.some(isTlsInspector)) for (const chain of filterChains) lintChain(chain, context);
  }
}

const isTlsInspector = ({ configType: config }: ListenerFilter) =>
  config.case === 'typedConfig' && typeNameOf(config.value) === INSPECTOR;

function lintChain({ filterChainMatch: match }: FilterChain, context: CheckContext): void {
  const field = match === undefined ? undefined : fieldOfHello(match);
  if (match === undefined || field === undefined) return;
  context.complain({
    code: 'helloNotRead',
    severity: 'warning',
    message: `no connection meets \`${field}\`: the listener has no TLS inspector, so that all come to its chains as plain ones without a server name`,
    hint: `add \`{name: tls_inspector, typed_config: {"@type": type.googleapis.com/${INSPECTOR}}}\` to its \`listener_filters\``,
    about: match,
    field,
    envoy: 'accepts',
  });
}

function fieldOfHello({ serverNames, transportProtocol, applicationProtocols }: FilterChainMatch) {
  if (serverNames.length > 0) return 'server_names';
  if (transportProtocol === 'tls') return 'transport_protocol';
  return applicationProtocols.length > 0 ? 'application_protocols' : undefined;
}
