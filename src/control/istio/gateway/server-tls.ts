import { create } from '@bufbuild/protobuf';
import { type TransportSocket, TransportSocketSchema } from '#schema/envoy/config/core/v3/base_pb.js';
import {
  type DownstreamTlsContext,
  DownstreamTlsContextSchema,
} from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { ServerTls_Mode as Mode, type ServerTls } from '#schema/istio/networking_pb.js';
import { packAny } from '../../../resources/index.ts';
import type { Lineage } from '../lineage.ts';
import type { NamedFiles } from '../named-files.ts';

/** A gateway server's TLS, its certificate and key from files; `MUTUAL` asks the client for a certificate. */
export function buildServerTls(tls: ServerTls, files: NamedFiles, lineage: Lineage): TransportSocket {
  const mutual = tls.mode === Mode.MUTUAL;
  const context: DownstreamTlsContext = create(DownstreamTlsContextSchema, {
    commonTlsContext: {
      alpnProtocols: ['h2', 'http/1.1'],
      tlsCertificates: [
        {
          certificateChain: files.source(tls.serverCertificate, tls, 'server_certificate'),
          privateKey: files.source(tls.privateKey, tls, 'private_key'),
        },
      ],
      ...(mutual
        ? {
            validationContextType: {
              case: 'validationContext',
              value: { trustedCa: files.source(tls.caCertificates, tls, 'ca_certificates') },
            },
          }
        : {}),
    },
    requireClientCertificate: mutual,
  });
  lineage.inherit(context, tls);
  const socket = create(TransportSocketSchema, {
    name: 'envoy.transport_sockets.tls',
    configType: { case: 'typedConfig', value: packAny(DownstreamTlsContextSchema, context) },
  });
  return lineage.inherit(socket, tls);
}
