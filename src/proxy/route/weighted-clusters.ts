import type {
  WeightedCluster_ClusterWeight as ClusterWeight,
  WeightedCluster,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { Findings } from '../../resources/index.ts';
import { refuseField } from '../refusals.ts';

/** One of a route's destinations and its share. */
export interface WeightedDestination {
  cluster: string;
  weight: number;
  hostRewrite: string | undefined;
  /** The message, which may change headers. */
  origin: ClusterWeight;
}

/** Reads weighted clusters; null when something in them is not done. Shares of nothing are left out. */
export function compileWeightedClusters(
  config: WeightedCluster,
  findings: Findings,
): WeightedDestination[] | null {
  const before = findings.list.length;
  if (config.randomValueSpecifier.case !== undefined) {
    refuseField(findings, config, 'random_value_specifier');
  }
  const members = config.clusters.map((member) => compileMember(member, findings));
  const shares = members.filter(({ weight }) => weight > 0);
  if (shares.length === 0) {
    findings.report({
      code: 'E122',
      severity: 'error',
      message: 'sum of weights in the weighted_cluster must be greater than 0',
      envoy: 'refuses',
      about: config,
    });
  }
  return findings.list.length > before ? null : shares;
}

function compileMember(member: ClusterWeight, findings: Findings): WeightedDestination {
  if (member.clusterHeader !== '') refuseField(findings, member, 'cluster_header');
  const host = member.hostRewriteSpecifier;
  return {
    cluster: member.name,
    weight: member.weight ?? 0,
    hostRewrite: host.case === 'hostRewriteLiteral' ? host.value : undefined,
    origin: member,
  };
}

/** Chooses by weight. @param random in [0, 1) */
export function pickByWeight<T extends { weight: number }>(members: readonly T[], random: number): T {
  let left = random * members.reduce((sum, { weight }) => sum + weight, 0);
  for (const member of members) {
    left -= member.weight;
    if (left < 0) return member;
  }
  return members.at(-1) as T;
}
