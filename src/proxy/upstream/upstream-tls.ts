import {
  type ConnectionOptions,
  createSecureContext,
  getCACertificates,
  type PeerCertificate,
  type SecureContext,
  type SecureVersion,
} from 'node:tls';
import type { DataSource } from '#schema/envoy/config/core/v3/base_pb.js';
import {
  type CertificateValidationContext,
  SubjectAltNameMatcher_SanType as SanType,
  type SubjectAltNameMatcher,
  TlsParameters_TlsProtocol as TlsProtocol,
} from '#schema/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import type { UpstreamTlsContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { compileStringMatcher, toByteString } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import { inlineText } from '../data-source.ts';
import { refuseField, refuseInto } from '../refusals.ts';
import { TLS_CIPHERS } from '../tls-ciphers.ts';
import { type AlternativeName, dnsNameCovers, parseAlternativeNames } from './subject-alt-names.ts';
import { createTlsTransport, serverNameFor, type Transport } from './transport.ts';

/** Whether one alternative name of the peer's certificate is good enough. */
type NameJudge = (name: AlternativeName) => boolean;

/** Whom TLS contexts trust beside what they say. */
export interface TrustOptions {
  findings: Findings;
  /** PEM texts that are trusted beside whatever a verifying context names (`--trust`). */
  extraRoots: readonly string[];
}

/** Compiles how a cluster speaks TLS. Without a validation context nothing is verified, as in Envoy. */
export function compileUpstreamTls(context: UpstreamTlsContext, trust: TrustOptions): Transport | null {
  const common = context.commonTlsContext;
  const options: ConnectionOptions = {
    servername: serverNameFor(context.sni),
    rejectUnauthorized: false,
    minVersion: versionOf(common?.tlsParams?.tlsMinimumProtocolVersion) ?? 'TLSv1.2',
    maxVersion: versionOf(common?.tlsParams?.tlsMaximumProtocolVersion) ?? 'TLSv1.3',
  };
  const certificate = common?.tlsCertificates[0];
  const identity = {
    cert: pem(certificate?.certificateChain, trust.findings),
    key: pem(certificate?.privateKey, trust.findings),
  };
  const type = common?.validationContextType;
  if (type?.case === undefined) return createTlsTransport(finish(options, identity));
  if (type.case !== 'validationContext') {
    refuseField(trust.findings, common as object, type.case);
    return null;
  }
  const roots = compileRoots(type.value, trust);
  const judges = compileJudges(type.value, trust.findings);
  if (roots === null || judges === null) return null;
  return createTlsTransport(finish(verifying(options, judges), identity, roots));
}

/** TLS as it should be: the peer is verified against the machine's roots and the name that it was asked for. */
export function createVerifiedTls(serverName: string, extraRoots: readonly string[]): Transport {
  const judge: NameJudge = (name) =>
    (name.type === 'DNS' && dnsNameCovers(name.value, serverName)) ||
    (name.type === 'IP_ADDRESS' && name.value === serverName);
  const options: ConnectionOptions = { servername: serverNameFor(serverName), minVersion: 'TLSv1.2' };
  const roots = { given: extraRoots, system: true };
  return createTlsTransport(finish(verifying(options, [judge]), {}, roots));
}

function verifying(options: ConnectionOptions, judges: readonly NameJudge[]): ConnectionOptions {
  return {
    ...options,
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => judgeNames(certificate, judges),
  };
}

function judgeNames(certificate: PeerCertificate, judges: readonly NameJudge[]): Error | undefined {
  if (judges.length === 0) return undefined;
  const names = parseAlternativeNames(certificate.subjectaltname);
  if (names.some((name) => judges.some((judge) => judge(name)))) return undefined;
  return new Error('the certificate is for another name');
}

/** Whom a cluster trusts: PEM texts, and the machine's own roots. */
interface Roots {
  given: readonly string[];
  system: boolean;
}

interface Identity {
  cert?: string | undefined;
  key?: string | undefined;
}

/**
 * The secure context is made once. With the machine's roots, which are sound, that waits for the first connection: they are some 150, and
 * to read them costs more than the rest of a start.
 */
function finish(options: ConnectionOptions, { cert, key }: Identity, roots?: Roots): ConnectionOptions {
  const { minVersion, maxVersion } = options;
  const plain = {
    ciphers: TLS_CIPHERS,
    // Envoy (BoringSSL) trusts whatever certificate is named, be it an issuer's in the middle or the server's own.
    allowPartialTrustChain: true,
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
  const given = { ...plain, ...(roots === undefined ? {} : { ca: [...roots.given] }) };
  // What somebody wrote is judged here, also where it is not all.
  const secureContext = createSecureContext(given);
  const finished = { ...options, secureContext, ALPNProtocols: ['http/1.1'] };
  if (roots?.system !== true) return finished;
  let whole: SecureContext | undefined;
  return Object.defineProperty(finished, 'secureContext', {
    enumerable: true,
    get: () => {
      whole ??= createSecureContext({ ...given, ca: [...systemRoots(), ...roots.given] });
      return whole;
    },
  });
}

function compileRoots(validation: CertificateValidationContext, trust: TrustOptions): Roots | null {
  const { findings, extraRoots } = trust;
  for (const field of ['verifyCertificateSpki', 'verifyCertificateHash'] as const) {
    if (validation[field].length > 0) {
      refuseField(
        findings,
        validation,
        field === 'verifyCertificateHash' ? 'verify_certificate_hash' : 'verify_certificate_spki',
      );
      return null;
    }
  }
  const inline = validation.trustedCa === undefined ? undefined : pem(validation.trustedCa, findings);
  const given = [...(inline === undefined ? [] : [inline]), ...extraRoots];
  return { given, system: validation.systemRootCerts !== undefined };
}

function compileJudges(validation: CertificateValidationContext, findings: Findings): NameJudge[] | null {
  const judges = validation.matchTypedSubjectAltNames.map((matcher) => compileJudge(matcher, findings));
  return judges.every((judge) => judge !== null) ? judges : null;
}

const SAN_TYPES: Partial<Record<SanType, AlternativeName['type']>> = {
  [SanType.EMAIL]: 'EMAIL',
  [SanType.DNS]: 'DNS',
  [SanType.URI]: 'URI',
  [SanType.IP_ADDRESS]: 'IP_ADDRESS',
};

function compileJudge(config: SubjectAltNameMatcher, findings: Findings): NameJudge | null {
  const type = SAN_TYPES[config.sanType];
  if (type === undefined || config.matcher === undefined) {
    refuseField(findings, config, 'san_type');
    return null;
  }
  const matcher = compileStringMatcher(config.matcher, refuseInto(findings));
  if (matcher === null) return null;
  const { plain } = matcher;
  if (type === 'DNS' && plain?.kind === 'exact') {
    return (name) => name.type === 'DNS' && dnsNameCovers(name.value, plain.text);
  }
  return (name) => name.type === type && matcher.matches(toByteString(name.value));
}

function pem(source: DataSource | undefined, findings: Findings): string | undefined {
  if (source === undefined) return undefined;
  return inlineText(source, findings) ?? undefined;
}

function systemRoots(): string[] {
  const system = getCACertificates('system');
  return system.length > 0 ? system : getCACertificates('bundled');
}

function versionOf(version: TlsProtocol | undefined): SecureVersion | undefined {
  switch (version) {
    case TlsProtocol.TLSv1_0:
      return 'TLSv1';
    case TlsProtocol.TLSv1_1:
      return 'TLSv1.1';
    case TlsProtocol.TLSv1_2:
      return 'TLSv1.2';
    case TlsProtocol.TLSv1_3:
      return 'TLSv1.3';
    default:
      return undefined;
  }
}
