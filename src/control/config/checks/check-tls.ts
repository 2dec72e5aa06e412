import type { DownstreamTlsContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import type { CheckContext } from './check-context.ts';

/** A server needs a certificate (Envoy: context_impl.cc). */
export function checkDownstreamTls(tls: DownstreamTlsContext, context: CheckContext): void {
  const common = tls.commonTlsContext;
  if (common === undefined) return;
  const sources =
    common.tlsCertificates.length +
    common.tlsCertificateSdsSecretConfigs.length +
    (common.tlsCertificateProviderInstance === undefined ? 0 : 1);
  if (sources > 0 || context.isBroken(common, 'tls_certificates')) return;
  context.complain({
    code: 'badCertificate',
    message: 'no TLS certificates found for server context',
    hint: 'add `tls_certificates` with `certificate_chain` and `private_key`',
    about: common,
  });
}
