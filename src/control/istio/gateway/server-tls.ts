import { create } from '@bufbuild/protobuf';
import {
  type DataSource,
  type TransportSocket,
  TransportSocketSchema,
} from '#schema/envoy/config/core/v3/base_pb.js';
import {
  type DownstreamTlsContext,
  DownstreamTlsContextSchema,
} from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { ServerTls_Mode as Mode, type ServerTls } from '#schema/istio/networking_pb.js';
import { packAny } from '../../../resources/index.ts';
import type { Credentials, NamedSecret } from '../credentials.ts';
import type { Lineage } from '../lineage.ts';
import type { NamedFiles } from '../named-files.ts';

/** Where certificates come from. */
export interface TlsSources {
  files: NamedFiles;
  credentials: Credentials;
}

/**
 * A gateway server's TLS, its certificate and key from a secret or from files. `MUTUAL` asks the client for a certificate,
 * `OPTIONAL_MUTUAL` takes none that is not good.
 */
export function buildServerTls(tls: ServerTls, sources: TlsSources, lineage: Lineage): TransportSocket {
  const asks = tls.mode === Mode.MUTUAL || tls.mode === Mode.OPTIONAL_MUTUAL;
  const context: DownstreamTlsContext = create(DownstreamTlsContextSchema, {
    commonTlsContext: {
      alpnProtocols: ['h2', 'http/1.1'],
      tlsCertificates: [keyPairOf(tls, sources)],
      ...(asks
        ? {
            validationContextType: {
              case: 'validationContext',
              value: { trustedCa: rootsOf(tls, sources) },
            },
          }
        : {}),
    },
    requireClientCertificate: tls.mode === Mode.MUTUAL,
  });
  lineage.inherit(context, tls);
  const socket = create(TransportSocketSchema, {
    name: 'envoy.transport_sockets.tls',
    configType: { case: 'typedConfig', value: packAny(DownstreamTlsContextSchema, context) },
  });
  return lineage.inherit(socket, tls);
}

/** A secret goes before files. */
function keyPairOf(tls: ServerTls, { files, credentials }: TlsSources) {
  const name = secretOf(tls);
  if (name !== undefined) return credentials.keyPair(name);
  return {
    certificateChain: files.source(tls.serverCertificate, tls, 'server_certificate'),
    privateKey: files.source(tls.privateKey, tls, 'private_key'),
  };
}

function rootsOf(tls: ServerTls, { files, credentials }: TlsSources): DataSource {
  if (tls.caCertCredentialName !== '') {
    const field = 'ca_cert_credential_name';
    return credentials.roots({ name: tls.caCertCredentialName, about: tls, field });
  }
  const secret = secretOf(tls);
  return secret === undefined
    ? files.source(tls.caCertificates, tls, 'ca_certificates')
    : credentials.roots(secret);
}

/** Of several names there is only one: more are refused. */
function secretOf(tls: ServerTls): NamedSecret | undefined {
  const [several] = tls.credentialNames;
  if (several !== undefined) return { name: several, about: tls, field: 'credential_names' };
  const name = tls.credentialName;
  return name === '' ? undefined : { name, about: tls, field: 'credential_name' };
}
