import type {
  ServiceEntry,
  ServicePort,
  WorkloadEntry,
  WorkloadEntrySpec,
} from '#schema/istio/networking_pb.js';
import { inOrderOfCreation, namespaceOf } from '../identity.ts';
import { isExportedTo } from '../routing/host-names.ts';

/** One service that a route can lead to. */
export interface Service {
  host: string;
  entry: ServiceEntry;
}

/** An address that a service is served at. */
export interface ServiceEndpoint {
  address: string;
  port: number;
  labels: Readonly<Record<string, string>>;
  weight: number;
  /** The message that says so. */
  from: object;
}

/** The services of the files as one gateway sees them: ServiceEntries, and the WorkloadEntries that they select. */
export class ServiceRegistry {
  readonly #services = new Map<string, Service>();
  readonly #workloads: readonly WorkloadEntry[];

  constructor(entries: readonly ServiceEntry[], workloads: readonly WorkloadEntry[], namespace: string) {
    this.#workloads = workloads;
    for (const entry of inOrderOfCreation(entries)) {
      if (!isExportedTo(entry.spec?.exportTo ?? [], namespaceOf(entry), namespace)) continue;
      for (const host of entry.spec?.hosts ?? []) {
        if (!this.#services.has(host)) this.#services.set(host, { host, entry });
      }
    }
  }

  find(host: string): Service | null {
    return this.#services.get(host) ?? null;
  }

  /** Where a port of the service is served; with none of its own, at the service's own name if that can be looked up. */
  endpoints({ host, entry }: Service, port: ServicePort): ServiceEndpoint[] {
    const { spec } = entry;
    const own = (spec?.endpoints ?? []).map((endpoint) => endpointOf(endpoint, endpoint.labels, port));
    const selected = spec?.workloadSelector === undefined ? [] : this.#selected(entry, port);
    const all = [...own, ...selected];
    if (all.length > 0 || !spec?.resolution.startsWith('DNS')) return all;
    const number = port.targetPort || port.number;
    return [{ address: host, port: number, labels: {}, weight: 1, from: spec }];
  }

  #selected(entry: ServiceEntry, port: ServicePort): ServiceEndpoint[] {
    const wanted = Object.entries(entry.spec?.workloadSelector?.labels ?? {});
    return this.#workloads.flatMap((workload) => {
      const { spec } = workload;
      if (spec === undefined || namespaceOf(workload) !== namespaceOf(entry)) return [];
      const labels = { ...workload.metadata?.labels, ...spec.labels };
      return wanted.every(([key, value]) => labels[key] === value) ? [endpointOf(spec, labels, port)] : [];
    });
  }
}

function endpointOf(
  endpoint: WorkloadEntrySpec,
  labels: ServiceEndpoint['labels'],
  port: ServicePort,
): ServiceEndpoint {
  const { address, ports, weight } = endpoint;
  const named = Object.hasOwn(ports, port.name) ? ports[port.name] : undefined;
  const number = named ?? (port.targetPort || port.number);
  return { address, port: number, labels, weight: weight || 1, from: endpoint };
}
