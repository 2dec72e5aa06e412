import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { FilterChain } from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import {
  type DownstreamTlsContext,
  DownstreamTlsContextSchema,
} from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { type Findings, typeNameOf, unpackAny } from '../../resources/index.ts';
import { inlineText } from '../data-source.ts';
import { refuseField } from '../refusals.ts';
import { TLS_CIPHERS } from '../tls-ciphers.ts';

/** How a filter chain's connections speak TLS. */
export interface DownstreamTls {
  options: SecureContextOptions;
  context: SecureContext;
  requireClientCertificate: boolean;
  /** A certificate that a client shows must be verified; without roots to verify it by none is asked for. */
  verifiesClients: boolean;
}

/**
 * Of a TLS 1.2 session that is resumed OpenSSL does not tell the server name: it would be served by the chain for clients that name none,
 * under the certificate that another chain's roots were good enough for. There is no option for TLS 1.2 alone.
 */
const NO_RESUMPTION = constants.SSL_OP_NO_TICKET;

/** Compiles a chain's transport socket: null for plain text, undefined when it has an error. */
export function compileDownstreamTls(
  chain: FilterChain,
  findings: Findings,
): DownstreamTls | null | undefined {
  const socket = chain.transportSocket;
  if (socket === undefined) return null;
  const any = socket.configType.value;
  const type = any === undefined ? socket.name : typeNameOf(any);
  if (type.endsWith('RawBuffer') || type === 'envoy.transport_sockets.raw_buffer') return null;
  if (any === undefined || type !== DownstreamTlsContextSchema.typeName) {
    refuseField(findings, socket, 'typed_config', ` with the type \`${type}\``);
    return undefined;
  }
  return compileContext(unpackAny(DownstreamTlsContextSchema, any), findings);
}

function compileContext(config: DownstreamTlsContext, findings: Findings): DownstreamTls | undefined {
  const common = config.commonTlsContext;
  const certificate = common?.tlsCertificates[0];
  const cert = inlineText(certificate?.certificateChain, findings);
  const key = inlineText(certificate?.privateKey, findings);
  if (common === undefined || certificate === undefined || !cert || !key) {
    refuseField(
      findings,
      config,
      'common_tls_context',
      ' without `tls_certificates` that hold a certificate and a key',
    );
    return undefined;
  }
  const validation = common.validationContextType;
  const trusted =
    validation.case === 'validationContext' ? inlineText(validation.value.trustedCa, findings) : '';
  const requireClientCertificate = config.requireClientCertificate ?? false;
  if (requireClientCertificate && !trusted) {
    refuseField(
      findings,
      config,
      'require_client_certificate',
      ' without a `validation_context` that names a `trusted_ca`',
    );
    return undefined;
  }
  const options: SecureContextOptions = {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ciphers: TLS_CIPHERS,
    // As Envoy (BoringSSL), which trusts whatever certificate is named.
    allowPartialTrustChain: true,
    secureOptions: NO_RESUMPTION,
    ...(trusted ? { ca: trusted } : {}),
  };
  try {
    const verifiesClients = Boolean(trusted);
    return { options, context: createSecureContext(options), requireClientCertificate, verifiesClients };
  } catch (error) {
    findings.report({
      code: 'E218',
      severity: 'error',
      message: `the certificate or its key cannot be used: ${(error as Error).message}`,
      envoy: 'refuses',
      about: certificate,
    });
    return undefined;
  }
}
