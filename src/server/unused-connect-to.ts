import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { nearMiss } from '../control/config/index.ts';
import { type ConnectTo, fitsConnectTo } from '../proxy/upstream/index.ts';
import { renderListenAddress } from './listen-move.ts';

/** Most endpoints that are listed. */
const LISTED_MAX = 8;

interface Place {
  host: string;
  port: number;
}

/** A `--connect-to` that fits no endpoint is a slip: what it was to catch goes where the configuration says. One sentence for each. */
export function describeUnusedConnectTo(
  rules: readonly ConnectTo[],
  clusters: readonly Cluster[],
): { message: string; hint: string }[] {
  if (rules.length === 0) return [];
  const places = clusters.flatMap(placesOf);
  const names = [...new Set(places.map(nameOf))];
  return rules
    .filter((rule) => !places.some(({ host, port }) => fitsConnectTo(rule, host, port)))
    .map((rule) => describe(rule, names));
}

function describe(rule: ConnectTo, names: readonly string[]) {
  const given = rule.port === 0 ? `${rule.host}:` : nameOf(rule);
  const meant = nearMiss(given, names);
  const guess = meant === undefined ? '' : `did you mean \`${meant}\`? `;
  const listed = names.slice(0, LISTED_MAX).map((name) => `\`${name}\``);
  if (names.length > LISTED_MAX) listed.push(`${names.length - LISTED_MAX} more`);
  const known = names.length === 0 ? 'no cluster has an endpoint' : `clusters have ${listed.join(', ')}`;
  return { message: `\`--connect-to ${given}:…\` fits no endpoint of a cluster`, hint: guess + known };
}

const nameOf = ({ host, port }: Place) => renderListenAddress({ address: host, port });

function placesOf({ loadAssignment }: Cluster): Place[] {
  return (loadAssignment?.endpoints ?? [])
    .flatMap(({ lbEndpoints }) => lbEndpoints)
    .flatMap(({ hostIdentifier }) => {
      const address = hostIdentifier.case === 'endpoint' ? hostIdentifier.value.address?.address : undefined;
      if (address?.case !== 'socketAddress' || address.value.portSpecifier.case !== 'portValue') return [];
      return [{ host: address.value.address, port: address.value.portSpecifier.value }];
    });
}
