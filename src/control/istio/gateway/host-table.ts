import { create } from '@bufbuild/protobuf';
import {
  RedirectActionSchema,
  type Route,
  RouteSchema,
  type VirtualHost,
  VirtualHostSchema,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { GatewayServer, VirtualService } from '#schema/istio/networking_pb.js';
import type { Lineage } from '../lineage.ts';
import { isCatchAll } from '../routing/route-match.ts';

/** The virtual hosts of one port by host, which is the same in any case of its letters. */
export class VirtualHosts {
  readonly port: number;
  readonly #lineage: Lineage;
  readonly #byHost = new Map<string, VirtualHost>();
  readonly #redirected = new Set<VirtualHost>();
  readonly #owners = new Map<string, Set<VirtualService>>();

  constructor(port: number, lineage: Lineage) {
    this.port = port;
    this.#lineage = lineage;
  }

  /** Routes that take everything stand behind all others of the host, whoever comes first (Istio: SortVHostRoutes). */
  get list(): VirtualHost[] {
    for (const virtualHost of this.#byHost.values()) {
      const { routes } = virtualHost;
      const redirected = this.#redirected.has(virtualHost);
      virtualHost.routes = redirected ? routes.slice(0, 1) : catchAllsLast(routes);
    }
    return [...this.#byHost.values()];
  }

  /** Adds a VirtualService's routes behind those that are there; once for each gateway that serves the host. */
  add(host: string, routes: readonly Route[], by: { service: VirtualService; gatewayName: string }): void {
    const key = `${by.gatewayName} ${host.toLowerCase()}`;
    const owners = this.#owners.get(key) ?? new Set();
    this.#owners.set(key, owners);
    if (owners.has(by.service)) return;
    owners.add(by.service);
    const virtualHost = this.#of(host);
    this.#lineage.inherit(virtualHost, by.service.spec ?? by.service, 'hosts');
    virtualHost.routes.push(...routes);
  }

  /** Sends every request for the host to https. */
  redirect(host: string, server: GatewayServer): void {
    const virtualHost = this.#of(host);
    if (this.#redirected.has(virtualHost)) return;
    this.#redirected.add(virtualHost);
    const about = server.tls ?? server;
    const mark = <T extends object>(made: T) => this.#lineage.inherit(made, about, 'https_redirect');
    const schemeRewriteSpecifier = { case: 'httpsRedirect' as const, value: true };
    const value = mark(create(RedirectActionSchema, { schemeRewriteSpecifier }));
    const match = { pathSpecifier: { case: 'prefix' as const, value: '/' } };
    mark(virtualHost).routes.unshift(
      mark(create(RouteSchema, { match, action: { case: 'redirect', value } })),
    );
  }

  #of(host: string): VirtualHost {
    const domain = host.toLowerCase();
    const known = this.#byHost.get(domain);
    if (known !== undefined) return known;
    const made = create(VirtualHostSchema, { name: `${domain}:${this.port}`, domains: [domain] });
    this.#byHost.set(domain, made);
    return made;
  }
}

/** Nobody's requests: 404. */
export function blackHole(port: number): VirtualHost {
  return create(VirtualHostSchema, { name: `blackhole:${port}`, domains: ['*'] });
}

function catchAllsLast(routes: readonly Route[]): Route[] {
  const takesAll = ({ match }: Route) => match !== undefined && isCatchAll(match);
  return [...routes.filter((route) => !takesAll(route)), ...routes.filter(takesAll)];
}
