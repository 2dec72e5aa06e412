import { X509Certificate } from 'node:crypto';
import type { DataSource } from '#schema/envoy/config/core/v3/base_pb.js';
import type { CertificateValidationContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import type {
  CommonTlsContext,
  DownstreamTlsContext,
} from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import type { CheckContext } from './check-context.ts';

/** A server needs a certificate (Envoy: context_impl.cc). */
export function checkDownstreamTls(tls: DownstreamTlsContext, context: CheckContext): void {
  const common = tls.commonTlsContext;
  if (common !== undefined) refuseServerSide(common, context);
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

/** What is done for upstream connections and not yet for those of clients; leaving it out would admit more. */
function refuseServerSide(common: CommonTlsContext, context: CheckContext): void {
  const refuse = (about: object, field: string) =>
    context.complain({
      code: 'fieldNotDone',
      message: `\`${field}\` is not done for the connections of clients yet`,
      about,
      field,
      envoy: 'accepts',
    });
  if (common.tlsParams !== undefined) refuse(common, 'tls_params');
  if (common.tlsCertificates.length > 1) refuse(common, 'tls_certificates[1]');
  const validation = common.validationContextType;
  if (validation.case !== 'validationContext') return;
  if (validation.value.systemRootCerts !== undefined) refuse(validation.value, 'system_root_certs');
  if (validation.value.matchTypedSubjectAltNames.length > 0)
    refuse(validation.value, 'match_typed_subject_alt_names');
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
