import { create } from '@bufbuild/protobuf';
import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { TransportSocket } from '#schema/envoy/config/core/v3/base_pb.js';
import { packAny } from '../../../resources/index.ts';
import { socketAddresses } from '../checks/check-clusters.ts';
import { isIpAddress } from '../checks/ip-address.ts';
import type { DecodeContext } from '../decode/decode-context.ts';
import { schemaMessage } from '../schema-registry.ts';

const TLS_NAMES = new Set(['envoy.transport_sockets.tls', 'tls']);
const SAN_DNS = 2;
const SAN_IP_ADDRESS = 4;

/**
 * A TLS transport socket with a name and no `typed_config` is what older Envoys took. It is given the safe meaning: SNI and a
 * certificate that verifies against the system's roots for the endpoint's name, never unverified (lint L27).
 */
export function completeTransportSocket(cluster: Cluster, context: DecodeContext): void {
  const socket = cluster.transportSocket;
  if (socket === undefined || socket.configType.case !== undefined) return;
  if (context.isBroken(socket, 'typed_config') || context.isBroken(socket, 'name')) return;
  const hosts = [...new Set(socketAddresses(cluster).map((address) => address.address))];
  const [host] = hosts;
  if (!TLS_NAMES.has(socket.name) || hosts.length !== 1 || host === undefined || host === '') {
    refuse(socket, context);
    return;
  }
  socket.configType = { case: 'typedConfig', value: buildTypedConfig(host, socket, context) };
  warn(cluster, socket, host, context);
}

function buildTypedConfig(host: string, socket: TransportSocket, context: DecodeContext) {
  const schema = schemaMessage('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext');
  const byAddress = isIpAddress(host);
  const tls = create(schema, {
    sni: byAddress ? '' : host,
    commonTlsContext: {
      validationContextType: {
        case: 'validationContext',
        value: create(
          schemaMessage('envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext'),
          {
            systemRootCerts: {},
            matchTypedSubjectAltNames: [
              {
                sanType: byAddress ? SAN_IP_ADDRESS : SAN_DNS,
                matcher: { matchPattern: { case: 'exact', value: host } },
              },
            ],
          },
        ),
      },
    },
  });
  context.provenance.inherit(tls, socket);
  const any = packAny(schema, tls);
  context.provenance.inherit(any, socket);
  return any;
}

function warn(cluster: Cluster, socket: TransportSocket, host: string, context: DecodeContext): void {
  const at = context.provenance.find(cluster, 'transport_socket');
  if (at === undefined) return;
  context.report({
    code: 'bareTransportSocket',
    severity: 'warning',
    message: `\`${socket.name}\` has no \`typed_config\`; it is run as TLS that verifies \`${host}\` against the system's roots`,
    hint: [
      'write under it:',
      '  typed_config:',
      '    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      `    sni: ${host}`,
      'and a `validation_context` in its `common_tls_context`',
    ].join('\n'),
    at,
    path: context.provenance.path(socket) ?? '',
  });
}

function refuse(socket: TransportSocket, context: DecodeContext): void {
  const at = context.provenance.find(socket);
  if (at === undefined) return;
  context.report({
    code: 'unknownExtension',
    message: `\`${socket.name}\` has no \`typed_config\``,
    hint: 'an extension is found by the `@type` of its `typed_config`',
    at,
    path: context.provenance.path(socket) ?? '',
  });
}
