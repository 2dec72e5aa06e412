import type { Message } from '@bufbuild/protobuf';
import type { FilterStateValue } from '#schema/envoy/extensions/filters/common/set_filter_state/v3/value_pb.js';
import {
  type Config,
  ConfigSchema,
} from '#schema/envoy/extensions/filters/http/set_filter_state/v3/set_filter_state_pb.js';
import { toByteString } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { compileFormatString } from '../../format/compile-format-string.ts';
import { refuseField } from '../../refusals.ts';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { routeConfigsOf } from '../route-config.ts';
import { SetFilterStateFilter, type StateEntries, type StateEntry } from './filter.ts';

/** `envoy.filters.http.set_filter_state`, and what routes say to it. */
export const setFilterStateFactory: HttpFilterFactory = {
  schema: ConfigSchema,
  compile(config: Message, { name, findings }: FactoryContext): HttpFilter | null {
    const own = compileEntries(config as Config, findings);
    if (own === null) return null;
    return new SetFilterStateFilter(own, (config as Config).clearRouteCache, (route) =>
      (routeConfigsOf(route, name, setFilterStateFactory) as readonly StateEntries[]).toReversed(),
    );
  },
  perRoute: {
    schema: ConfigSchema,
    compile: (config: Message, { findings }: FactoryContext) => compileEntries(config as Config, findings),
  },
};

function compileEntries(config: Config, findings: Findings): StateEntries | null {
  const entries = config.onRequestHeaders.map((value) => compileEntry(value, findings));
  return entries.includes(null) ? null : { origin: config, entries: entries as StateEntry[] };
}

/** What makes a text of its value. */
const TEXT = 'envoy.string';

/** The factories that Envoy 1.40 has besides. */
const NOT_DONE = new Set([
  ...['envoy.hashable_string', 'envoy.bool', 'envoy.network.ip', 'envoy.network.network_namespace'],
  ...['envoy.network.upstream_server_name', 'envoy.network.upstream_subject_alt_names'],
  ...['envoy.network.application_protocols', 'envoy.network.transport_socket.original_dst_address'],
  ...['envoy.network.transport_socket.http_11_proxy.info', 'envoy.filters.listener.original_dst.local_ip'],
  ...['envoy.filters.listener.original_dst.remote_ip', 'envoy.ratelimit.hits_addend'],
  ...['envoy.upstream.dynamic_host', 'envoy.upstream.dynamic_port', 'envoy.tcp_proxy.cluster'],
  ...['envoy.tcp_proxy.disable_tunneling', 'envoy.tcp_proxy.per_connection_idle_timeout_ms'],
]);

function compileEntry(origin: FilterStateValue, findings: Findings): StateEntry | null {
  const key = origin.key.case === 'objectKey' ? origin.key.value : '';
  if (!isText(origin, key, findings)) return null;
  const { value } = origin;
  const compiled = value.case === 'formatString' ? compileFormatString(value.value, findings) : null;
  if (compiled === null) return null;
  if (compiled.isJson) {
    refuseField(findings, origin, 'format_string', ' as JSON');
    return null;
  }
  const { format } = compiled;
  return { key, name: toByteString(key), format, skipsEmpty: origin.skipIfEmpty, origin };
}

function isText(origin: FilterStateValue, key: string, findings: Findings): boolean {
  const factory = origin.factoryKey || key;
  if (factory === TEXT) return true;
  const field = origin.factoryKey === '' ? 'object_key' : 'factory_key';
  if (NOT_DONE.has(factory)) refuseField(findings, origin, field, ` where it is \`${factory}\``);
  else {
    const message = `\`${key}\` does not have an object factory`;
    findings.report({ code: 'E122', severity: 'error', message, envoy: 'refuses', about: origin, field });
  }
  return false;
}
