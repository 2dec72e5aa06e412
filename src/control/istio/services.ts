import type { ServiceEntry } from '#schema/istio/networking_pb.js';
import { namespaceOf } from './identity.ts';

/** The services that the files tell of: host name → namespaces that have it, and its ports. */
export class Services {
  readonly #namespaces = new Map<string, Set<string>>();
  readonly #ports = new Map<string, Set<number>>();

  constructor(entries: readonly ServiceEntry[]) {
    for (const entry of entries) {
      for (const host of entry.spec?.hosts ?? []) this.#add(host, entry);
    }
  }

  /**
   * Finds a provider's service, `NAMESPACE/HOST` or `HOST` alone where only one namespace has it.
   * @returns the host name, or why there is none.
   */
  find(service: string): { host: string } | { problem: string } {
    const slash = service.indexOf('/');
    const host = service.slice(slash + 1);
    const namespaces = this.#namespaces.get(host) ?? new Set();
    if (slash >= 0) {
      if (namespaces.has(service.slice(0, slash))) return { host };
    } else if (namespaces.size === 1) {
      return { host };
    } else if (namespaces.size > 1) {
      return { problem: `service \`${host}\` is in several namespaces: write \`NAMESPACE/${host}\`` };
    }
    return { problem: `service \`${service}\` is not known` };
  }

  hasPort(host: string, port: number): boolean {
    return this.#ports.get(host)?.has(port) ?? false;
  }

  #add(host: string, entry: ServiceEntry): void {
    const namespaces = this.#namespaces.get(host) ?? new Set();
    this.#namespaces.set(host, namespaces.add(namespaceOf(entry)));
    const ports = this.#ports.get(host) ?? new Set();
    for (const port of entry.spec?.ports ?? []) ports.add(port.number);
    this.#ports.set(host, ports);
  }
}

/** istiod's name for the cluster of a service's port. */
export function outboundCluster(host: string, port: number): string {
  return `outbound|${port}||${host}`;
}
