import { create } from '@bufbuild/protobuf';
import type { TransportSocket } from '#schema/envoy/config/core/v3/base_pb.js';
import { type Listener, ListenerSchema } from '#schema/envoy/config/listener/v3/listener_pb.js';
import { TlsInspectorSchema } from '#schema/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js';
import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { packAny } from '../../../resources/index.ts';

export interface ChainPlan {
  manager: HttpConnectionManager;
  /** null: plain text. */
  tls: { socket: TransportSocket; serverNames: string[] } | null;
}

/** A listener with one chain for each plan; TLS chains are chosen by the name that the client asks for. */
export function buildListener(address: string, port: number, chains: readonly ChainPlan[]): Listener {
  const secure = chains.some(({ tls }) => tls !== null);
  return create(ListenerSchema, {
    name: `${address}_${port}`,
    address: {
      address: {
        case: 'socketAddress',
        value: { address, portSpecifier: { case: 'portValue', value: port } },
      },
    },
    listenerFilters: secure ? [tlsInspector()] : [],
    filterChains: chains.map(({ manager, tls }) => ({
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          configType: { case: 'typedConfig' as const, value: packAny(HttpConnectionManagerSchema, manager) },
        },
      ],
      ...(tls === null ? {} : { transportSocket: tls.socket }),
      ...(tls !== null && tls.serverNames.length > 0
        ? { filterChainMatch: { serverNames: tls.serverNames } }
        : {}),
    })),
  });
}

function tlsInspector() {
  const value = packAny(TlsInspectorSchema, create(TlsInspectorSchema));
  return {
    name: 'envoy.filters.listener.tls_inspector',
    configType: { case: 'typedConfig' as const, value },
  };
}
