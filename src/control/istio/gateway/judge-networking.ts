import {
  type Gateway,
  type GatewayServer,
  type HttpRoute,
  ServerTls_Mode as Mode,
  type ServerTls,
  type ServicePort,
  type TrafficPolicy,
  type VirtualService,
} from '#schema/istio/networking_pb.js';
import type { Findings } from '../../../resources/index.ts';
import { ISTIO_CODES } from '../codes.ts';
import { type ServerGroup, serverKind } from './gateway-servers.ts';

/**
 * Says by name what of the networking kinds is not translated: what decides who gets where is refused, what only tunes the traffic is
 * warned of.
 */
export class NetworkingJudge {
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  judgeGateway({ spec }: Gateway): void {
    for (const server of spec?.servers ?? []) this.#judgeServer(server);
  }

  judgeGroup({ servers, tls }: ServerGroup): void {
    for (const bound of servers) {
      if (bound.tls !== tls)
        this.#refuse('HTTP and HTTPS on one port', bound.server.port ?? bound.server, 'number');
    }
  }

  judgeVirtualService({ spec }: VirtualService): void {
    if (spec === undefined) return;
    if (spec.tls !== undefined) this.#refuse('`tls` routes', spec, 'tls');
    if (spec.tcp !== undefined) this.#refuse('`tcp` routes', spec, 'tcp');
    for (const route of spec.http) this.#judgeRoute(route);
  }

  judgeTrafficPolicy(policy: TrafficPolicy): void {
    if (policy.tunnel !== undefined) this.#refuse('`tunnel`', policy, 'tunnel');
    if (policy.proxyProtocol !== undefined) this.#refuse('`proxyProtocol`', policy, 'proxy_protocol');
    this.#warn(policy, {
      load_balancer: policy.loadBalancer,
      connection_pool: policy.connectionPool,
      outlier_detection: policy.outlierDetection,
      retry_budget: policy.retryBudget,
    });
  }

  warnOfHttp2(port: ServicePort): void {
    this.#findings.report({
      code: ISTIO_CODES.noEffect,
      severity: 'warning',
      message: `protocol \`${port.protocol}\` has no effect in jotgate: the service is spoken to in HTTP/1.1`,
      envoy: 'accepts',
      about: port,
      field: 'protocol',
    });
  }

  #judgeServer(server: GatewayServer): void {
    if (serverKind(server) === 'other') {
      const about = server.port ?? server;
      this.#refuse(`a server of protocol \`${server.port?.protocol ?? ''}\``, about, 'protocol');
    } else if (server.tls !== undefined && !server.tls.httpsRedirect) {
      this.#judgeTls(server.tls);
    }
  }

  #judgeTls(tls: ServerTls): void {
    if (tls.mode !== Mode.SIMPLE && tls.mode !== Mode.MUTUAL && tls.mode !== Mode.OPTIONAL_MUTUAL) {
      this.#refuse(`TLS mode \`${Mode[tls.mode]}\``, tls, 'mode');
    }
    const fields: Record<string, unknown> = {
      'credential_names[1]': tls.credentialNames[1],
      tls_certificates: tls.tlsCertificates,
      ca_crl: tls.caCrl,
      subject_alt_names: tls.subjectAltNames.length > 0 ? tls.subjectAltNames : undefined,
      verify_certificate_spki: tls.verifyCertificateSpki,
      verify_certificate_hash: tls.verifyCertificateHash,
      min_protocol_version: otherThan(tls.minProtocolVersion, ['TLS_AUTO', 'TLSV1_2']),
      max_protocol_version: otherThan(tls.maxProtocolVersion, ['TLS_AUTO', 'TLSV1_3']),
      cipher_suites: tls.cipherSuites,
    };
    for (const [field, value] of Object.entries(fields)) {
      if (value !== undefined) this.#refuse(`\`${camel(field)}\` of a server`, tls, field);
    }
  }

  #judgeRoute(route: HttpRoute): void {
    if (route.delegate !== undefined) this.#refuse('`delegate`', route, 'delegate');
    if (route.fault !== undefined) this.#refuse('`fault`', route, 'fault');
    this.#warn(route, {
      retries: route.retries,
      mirror: route.mirror,
      mirrors: route.mirrors,
    });
  }

  #refuse(what: string, about: object, field: string): void {
    this.#findings.report({
      code: ISTIO_CODES.notTranslated,
      severity: 'error',
      message: `${what}: not done yet`,
      envoy: 'accepts',
      about,
      field,
    });
  }

  #warn(about: object, fields: Readonly<Record<string, unknown>>): void {
    for (const [field, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      this.#findings.report({
        code: ISTIO_CODES.noEffect,
        severity: 'warning',
        message: `\`${camel(field)}\` has no effect in jotgate`,
        envoy: 'accepts',
        about,
        field,
      });
    }
  }
}

/** What it is anyway need not be translated. */
function otherThan(text: string, usual: readonly string[]): string | undefined {
  return text === '' || usual.includes(text) ? undefined : text;
}

const camel = (field: string) => field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
