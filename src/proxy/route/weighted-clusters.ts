import type {
  WeightedCluster_ClusterWeight as ClusterWeight,
  WeightedCluster,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import { lowerAscii, toByteString } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import { partOf } from '../chance.ts';
import type { HeaderList } from '../http/header-list.ts';
import { refuseInto } from '../refusals.ts';

/** One of a route's destinations and its share. */
export interface WeightedDestination {
  cluster: string;
  /** Its first line names the cluster; empty: `cluster` does. */
  clusterHeader: string;
  weight: number;
  /** Empty: none. */
  destinationHost: string;
  /** The message, which may change headers. */
  origin: ClusterWeight;
}

const WEIGHTS_MAX = 0xffff_ffff;

/** Reads weighted clusters; null when something in them is not done. One that has no share must be right as well. */
export function compileWeightedClusters(
  config: WeightedCluster,
  findings: Findings,
): WeightedDestination[] | null {
  const before = findings.list.length;
  const members = config.clusters.map((member) => compileMember(member, findings));
  const sum = members.reduce((all, { weight }) => all + weight, 0);
  if (findings.list.length === before && (sum === 0 || sum > WEIGHTS_MAX)) {
    const bound = sum === 0 ? 'must be greater than 0' : `exceeds ${WEIGHTS_MAX}`;
    findings.report({
      code: 'E122',
      severity: 'error',
      message: `sum of weights in the weighted_cluster ${bound}`,
      envoy: 'refuses',
      about: config,
    });
  }
  return findings.list.length > before ? null : members;
}

function compileMember(member: ClusterWeight, findings: Findings): WeightedDestination {
  const refuse = refuseInto(findings);
  if (member.name !== '' && member.clusterHeader !== '')
    refuse('only one of name or cluster_header can be specified', member, 'cluster_header');
  if (member.name === '' && member.clusterHeader === '')
    refuse('at least one of name or cluster_header need to be specified', member, 'name');
  if (member.weight === undefined) refuse("Field 'weight' is missing", member, 'weight');
  const host = member.hostRewriteSpecifier;
  return {
    cluster: member.name,
    clusterHeader: lowerAscii(member.clusterHeader),
    weight: member.weight ?? 0,
    destinationHost: host.case === 'hostRewriteLiteral' ? toByteString(host.value) : '',
    origin: member,
  };
}

/** Where the share of each ends, as `Chance` wants them. */
export function boundsOf(members: readonly { weight: number }[]): number[] {
  let end = 0;
  return members.map(({ weight }) => (end += weight));
}

/**
 * What `header_name` asks for: the header's number takes chance's place.
 * @returns the part that it falls into, or null where the header has no single line with a number of 64 bits
 */
export function partByHeader(headers: HeaderList, name: string, bounds: readonly number[]): number | null {
  const lines = headers.values.filter((_, index) => headers.names[index] === name);
  const [line = ''] = lines;
  if (lines.length !== 1 || !/^\d{1,20}$/.test(line)) return null;
  const number = BigInt(line);
  if (number > 0xffff_ffff_ffff_ffffn) return null;
  return partOf(Number(number % BigInt(bounds.at(-1) ?? 1)), bounds);
}
