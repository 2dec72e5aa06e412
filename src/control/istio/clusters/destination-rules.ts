import type { ClientTls, DestinationRule, Subset, TrafficPolicy } from '#schema/istio/networking_pb.js';
import { inOrderOfCreation, namespaceOf } from '../identity.ts';
import { hostCovers, isExportedTo, wholeHost } from '../routing/host-names.ts';

/** What the rules say of one port of one service. */
export interface DestinationSettings {
  tls: ClientTls | null;
  /** null: the route names a subset that no rule has. */
  subset: Subset | null;
  policies: readonly TrafficPolicy[];
}

/** The DestinationRules that a gateway sees: the closest host wins, then the oldest rule. */
export class DestinationRules {
  readonly #rules: readonly { host: string; rule: DestinationRule }[];

  constructor(rules: readonly DestinationRule[], namespace: string) {
    this.#rules = inOrderOfCreation(rules)
      .filter((rule) => isExportedTo(rule.spec?.exportTo ?? [], namespaceOf(rule), namespace))
      .map((rule) => ({ host: wholeHost(rule.spec?.host ?? '', namespaceOf(rule)), rule }));
  }

  settings(host: string, port: number, subsetName: string): DestinationSettings {
    const spec = this.#closest(host)?.spec;
    const subset = spec?.subsets.find(({ name }) => name === subsetName) ?? null;
    const policies = [subset?.trafficPolicy, spec?.trafficPolicy].filter((one) => one !== undefined);
    return { subset, policies, tls: tlsOf(policies, port) };
  }

  #closest(host: string): DestinationRule | undefined {
    const matching = this.#rules.filter((one) => hostCovers(one.host, host));
    const [first, ...others] = matching;
    if (first === undefined) return undefined;
    return others.reduce((best, one) => (one.host.length > best.host.length ? one : best), first).rule;
  }
}

/** The subset's word goes before the rule's, the port's before that for all ports. */
function tlsOf(policies: readonly TrafficPolicy[], port: number): ClientTls | null {
  for (const { portLevelSettings, tls } of policies) {
    const own = portLevelSettings.find((settings) => settings.port?.number === port);
    if (own !== undefined) return own.tls ?? null;
    if (tls !== undefined) return tls;
  }
  return null;
}
