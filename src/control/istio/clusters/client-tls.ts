import { create } from '@bufbuild/protobuf';
import { type TransportSocket, TransportSocketSchema } from '#schema/envoy/config/core/v3/base_pb.js';
import {
  type CertificateValidationContext,
  CertificateValidationContextSchema,
  SubjectAltNameMatcher_SanType as SanType,
} from '#schema/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import { UpstreamTlsContextSchema } from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { type ClientTls, ClientTls_Mode as Mode } from '#schema/istio/networking_pb.js';
import { packAny } from '../../../resources/index.ts';
import { exactMatcher } from '../authz/string-matcher.ts';
import type { NamedSecret } from '../credentials.ts';
import type { TlsSources } from '../gateway/server-tls.ts';
import { isAddress } from '../gateway/upstream-cluster.ts';

/**
 * How a DestinationRule says that a service is spoken to. The certificate is verified against the named roots, or the system's, and
 * for the named hosts, or the service's own, unless the rule says that it is not to be.
 * @returns null for plain text.
 */
export function buildClientTls(tls: ClientTls, host: string, sources: TlsSources): TransportSocket | null {
  if (tls.mode === Mode.DISABLE || tls.mode === Mode.ISTIO_MUTUAL) return null;
  const certificates = tls.mode === Mode.MUTUAL ? [keyPairOf(tls, sources)] : [];
  const context = create(UpstreamTlsContextSchema, {
    sni: tls.sni || (isAddress(host) ? '' : host),
    commonTlsContext: {
      tlsCertificates: certificates,
      ...(tls.insecureSkipVerify
        ? {}
        : { validationContextType: { case: 'validationContext', value: validation(tls, host, sources) } }),
    },
  });
  return create(TransportSocketSchema, {
    name: 'envoy.transport_sockets.tls',
    configType: { case: 'typedConfig', value: packAny(UpstreamTlsContextSchema, context) },
  });
}

function keyPairOf(tls: ClientTls, { files, credentials }: TlsSources) {
  const secret = secretOf(tls);
  if (secret !== null) return credentials.keyPair(secret);
  return {
    certificateChain: files.source(tls.clientCertificate, tls, 'client_certificate'),
    privateKey: files.source(tls.privateKey, tls, 'private_key'),
  };
}

function secretOf(tls: ClientTls): NamedSecret | null {
  const name = tls.credentialName;
  return name === '' ? null : { name, about: tls, field: 'credential_name' };
}

function validation(
  tls: ClientTls,
  host: string,
  { files, credentials }: TlsSources,
): CertificateValidationContext {
  const names = tls.subjectAltNames.length > 0 ? tls.subjectAltNames : [tls.sni || host];
  const named = tls.caCertificates !== '' && tls.caCertificates !== 'system';
  const secret = secretOf(tls);
  const roots = () => files.source(tls.caCertificates, tls, 'ca_certificates');
  return create(CertificateValidationContextSchema, {
    ...(secret !== null
      ? { trustedCa: credentials.roots(secret) }
      : named
        ? { trustedCa: roots() }
        : { systemRootCerts: {} }),
    matchTypedSubjectAltNames: names.map((name) => ({ sanType: typeOf(name), matcher: exactMatcher(name) })),
  });
}

function typeOf(name: string): SanType {
  if (/^[a-z][a-z+.-]*:\/\//.test(name)) return SanType.URI;
  return isAddress(name) ? SanType.IP_ADDRESS : SanType.DNS;
}
