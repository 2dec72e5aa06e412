import { X509Certificate } from 'node:crypto';
import type { DataSource } from '#schema/envoy/config/core/v3/base_pb.js';
import type { CertificateValidationContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import type { DownstreamTlsContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import type { CheckContext } from './check-context.ts';

/** A server needs a certificate (Envoy: context_impl.cc). */
export function checkDownstreamTls(tls: DownstreamTlsContext, context: CheckContext): void {
  const common = tls.commonTlsContext;
  const sources =
    (common?.tlsCertificates.length ?? 0) +
    (common?.tlsCertificateSdsSecretConfigs.length ?? 0) +
    (common?.tlsCertificateProviderInstance === undefined ? 0 : 1);
  if (sources > 0 || context.isBroken(tls, 'common_tls_context')) return;
  if (common !== undefined && context.isBroken(common, 'tls_certificates')) return;
  context.complain({
    code: 'badCertificate',
    message: 'no TLS certificates found for server context',
    hint: 'add `tls_certificates` with `certificate_chain` and `private_key`',
    about: common ?? tls,
  });
}

/** Names are worth nothing without authorities, and those must be certificates (Envoy: default_validator.cc). */
export function checkValidationContext(
  validation: CertificateValidationContext,
  context: CheckContext,
): void {
  const { trustedCa } = validation;
  if (trustedCa !== undefined) checkAuthorities(trustedCa, context);
  const named = validation.matchTypedSubjectAltNames.length + validation.matchSubjectAltNames.length > 0;
  const trusts = trustedCa !== undefined || validation.systemRootCerts !== undefined;
  if (!named || trusts || validation.caCertificateProviderInstance !== undefined) return;
  if (context.isBroken(validation, 'trusted_ca')) return;
  context.complain({
    code: 'badCertificate',
    message: 'SAN-based verification of peer certificates without trusted CA is insecure and not allowed',
    hint: 'add `trusted_ca` or `system_root_certs: {}`',
    about: validation,
  });
}

function checkAuthorities(source: DataSource, context: CheckContext): void {
  const text = inlineText(source);
  if (text === undefined || text === '' || certificatesIn(text)) return;
  context.complain({
    code: 'badCertificate',
    message: 'failed to load trusted CA certificates',
    hint: 'the text must be PEM certificates',
    about: source,
  });
}

function inlineText({ specifier }: DataSource): string | undefined {
  if (specifier.case === 'inlineString') return specifier.value;
  return specifier.case === 'inlineBytes' ? Buffer.from(specifier.value).toString('latin1') : undefined;
}

/** The first certificate is enough: a bundle of the system has hundreds. */
function certificatesIn(text: string): boolean {
  const first = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(text);
  if (first === null) return false;
  try {
    return new X509Certificate(first[0]).raw.length > 0;
  } catch {
    return false;
  }
}
