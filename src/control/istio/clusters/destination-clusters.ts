import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { Cluster_DiscoveryType as Discovery } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { type Destination, ClientTls_Mode as Mode, type ServicePort } from '#schema/istio/networking_pb.js';
import type { Findings } from '../../../resources/index.ts';
import { ISTIO_CODES } from '../codes.ts';
import type { NetworkingJudge } from '../gateway/judge-networking.ts';
import type { TlsSources } from '../gateway/server-tls.ts';
import { isAddress, type Origin, originCluster, serviceCluster } from '../gateway/upstream-cluster.ts';
import type { Lineage } from '../lineage.ts';
import { wholeHost } from '../routing/host-names.ts';
import { buildClientTls } from './client-tls.ts';
import type { DestinationRules, DestinationSettings } from './destination-rules.ts';
import type { Service, ServiceEndpoint, ServiceRegistry } from './service-registry.ts';

export interface DestinationContext extends TlsSources {
  /** The clusters are for an Envoy, which speaks HTTP/2 to those who ask for it. */
  forEnvoy: boolean;
  registry: ServiceRegistry;
  rules: DestinationRules;
  /** Where requests go whose destination is in none of the files; null: to the destination's own name. */
  upstream: Origin | null;
  lineage: Lineage;
  findings: Findings;
  judge: NetworkingJudge;
}

/** Names the clusters of routes' destinations as istiod does, and makes those that the routes lead to. */
export class DestinationClusters {
  readonly made = new Map<string, Cluster>();
  readonly #context: DestinationContext;

  constructor(context: DestinationContext) {
    this.#context = context;
  }

  /**
   * @param listenerPort is the destination's where neither the route nor the service names one port
   * @param asked by what the destination is asked: an authorizer may be by gRPC
   */
  clusterFor(
    destination: Destination,
    namespace: string,
    listenerPort: number,
    asked: 'http' | 'grpc' = 'http',
  ): string {
    const host = wholeHost(destination.host, namespace);
    const service = this.#context.registry.find(host);
    const port = destination.port?.number || onlyPort(service) || listenerPort;
    const name = `outbound|${port}|${destination.subset}|${host}`;
    if (!this.made.has(name)) {
      const settings = this.#context.rules.settings(host, port, destination.subset);
      this.#judge(destination, host, settings);
      const cluster =
        service === null
          ? this.#unknown(name, { host, port }, destination, settings)
          : this.#known(name, service, port, { destination, asked }, settings);
      this.made.set(name, this.#context.lineage.inherit(cluster, destination, 'host'));
    }
    return name;
  }

  #judge(destination: Destination, host: string, { subset, tls, policies }: DestinationSettings): void {
    for (const policy of policies) this.#context.judge.judgeTrafficPolicy(policy);
    if (destination.subset !== '' && subset === null) {
      const message = `no DestinationRule for \`${host}\` has the subset \`${destination.subset}\`: requests get 503`;
      this.#warn(message, destination, 'subset');
    }
    if (tls?.mode === Mode.ISTIO_MUTUAL) {
      this.#refuse("TLS mode `ISTIO_MUTUAL`, the mesh's own certificates", tls, 'mode');
    }
    if (tls?.caCrl !== undefined) this.#refuse('`caCrl`', tls, 'ca_crl');
  }

  #known(
    name: string,
    service: Service,
    number: number,
    { destination, asked }: { destination: Destination; asked: 'http' | 'grpc' },
    settings: DestinationSettings,
  ): Cluster {
    const port = service.entry.spec?.ports.find((one) => one.number === number);
    if (port === undefined) {
      this.#warn(`\`${service.host}\` has no port ${number}: requests get 503`, destination, 'port');
    }
    const endpoints = port === undefined ? [] : this.#endpoints(service, port, settings, destination);
    const transportSocket = this.#transport(settings, service.host);
    const http2 = this.#speaksHttp2(port, asked);
    return serviceCluster(name, { type: this.#discovery(service), endpoints, transportSocket, http2 });
  }

  #speaksHttp2(port: ServicePort | undefined, asked: 'http' | 'grpc'): boolean {
    if (port === undefined) return false;
    const { forEnvoy, judge } = this.#context;
    const http2 = HTTP2.has(port.protocol.toUpperCase());
    if (asked === 'grpc') {
      if (!http2) this.#warnOfHttp1(port);
      return http2;
    }
    if (http2 && !forEnvoy) judge.warnOfHttp2(port);
    return http2 && forEnvoy;
  }

  #warnOfHttp1(port: ServicePort): void {
    this.#context.findings.report({
      code: ISTIO_CODES.failsClosed,
      severity: 'warning',
      message: `an external authorizer is asked over gRPC, and its port has the protocol \`${port.protocol}\`: every question to it fails`,
      hint: 'write `protocol: GRPC`',
      envoy: 'accepts',
      about: port,
      field: 'protocol',
    });
  }

  #endpoints(
    service: Service,
    port: ServicePort,
    { subset }: DestinationSettings,
    destination: Destination,
  ): ServiceEndpoint[] {
    if (destination.subset !== '' && subset === null) return [];
    const labels = Object.entries(subset?.labels ?? {});
    const all = this.#context.registry.endpoints(service, port);
    if (all.length === 0)
      this.#warn(`\`${service.host}\` has no endpoints: requests get 503`, destination, 'host');
    if (service.entry.spec?.resolution === 'STATIC') for (const endpoint of all) this.#checkAddress(endpoint);
    return all.filter((endpoint) => labels.every(([key, value]) => endpoint.labels[key] === value));
  }

  /** As Istio's admission has it: who is not looked up has an address. */
  #checkAddress({ address, from }: ServiceEndpoint): void {
    if (isAddress(address)) return;
    this.#context.findings.report({
      code: ISTIO_CODES.admission,
      severity: 'error',
      message: `\`${address}\` is no IP address, and the resolution is \`STATIC\``,
      hint: 'write `resolution: DNS` to have names looked up',
      envoy: 'refuses',
      about: from,
      field: 'address',
    });
  }

  #discovery({ entry }: Service): Discovery {
    switch (entry.spec?.resolution) {
      case 'STATIC':
        return Discovery.STATIC;
      case 'DNS':
        return Discovery.STRICT_DNS;
      case 'DNS_ROUND_ROBIN':
        return Discovery.LOGICAL_DNS;
      default:
        this.#refuse(
          `a route to a service with the resolution \`${entry.spec?.resolution || 'NONE'}\``,
          entry.spec ?? entry,
          'resolution',
        );
        return Discovery.STRICT_DNS;
    }
  }

  #unknown(
    name: string,
    { host, port }: { host: string; port: number },
    destination: Destination,
    settings: DestinationSettings,
  ): Cluster {
    const { upstream } = this.#context;
    if (upstream !== null) return originCluster(name, upstream);
    const hint = `add a ServiceEntry, or say where it is with --upstream URL, or --connect-to ${host}:${port}:ADDR:PORT`;
    this.#warn(
      `\`${host}\` is no service of these files: its name is looked up as it stands`,
      destination,
      'host',
      hint,
    );
    const endpoint = { address: host, port, labels: {}, weight: 1, from: destination };
    const transportSocket = this.#transport(settings, host);
    return serviceCluster(name, { type: Discovery.STRICT_DNS, endpoints: [endpoint], transportSocket });
  }

  #transport({ tls }: DestinationSettings, host: string) {
    return tls === null ? null : buildClientTls(tls, host, this.#context);
  }

  #warn(message: string, about: object, field: string, hint?: string): void {
    const code = ISTIO_CODES.unknownDestination;
    this.#context.findings.report({
      code,
      severity: 'warning',
      message,
      hint,
      envoy: 'accepts',
      about,
      field,
    });
  }

  #refuse(what: string, about: object, field: string): void {
    this.#context.findings.report({
      code: ISTIO_CODES.notTranslated,
      severity: 'error',
      message: `${what}: not done yet`,
      envoy: 'accepts',
      about,
      field,
    });
  }
}

/** Protocols of a service's port that are spoken over HTTP/2 only. */
const HTTP2 = new Set(['HTTP2', 'GRPC']);

function onlyPort(service: Service | null): number | null {
  const ports = service?.entry.spec?.ports ?? [];
  return ports.length === 1 ? (ports[0] as ServicePort).number : null;
}
