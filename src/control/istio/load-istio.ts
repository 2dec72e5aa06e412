import { readFileSync } from 'node:fs';
import { create } from '@bufbuild/protobuf';
import { type MeshConfig, MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import { Findings, Provenance, type Snapshot } from '../../resources/index.ts';
import type { ConfigSource, LoadedConfig } from '../config/index.ts';
import { selectFor } from './attachment.ts';
import { ISTIO_CODES } from './codes.ts';
import { type PassedOver, readDocuments } from './documents.ts';
import { chooseWorkload } from './gateway/choose-workload.ts';
import { DirectJwks } from './gateway/direct-jwks.ts';
import { gatewaysOf } from './gateway/gateway-servers.ts';
import { buildPlainGateway, type Resources, snapshotOf } from './gateway/gateway-snapshot.ts';
import { parseOrigin } from './gateway/parse-origin.ts';
import { refuseUntranslated } from './gateway/refuse-untranslated.ts';
import { translateIngress } from './gateway/translate-ingress.ts';
import type { Origin } from './gateway/upstream-cluster.ts';
import { nameplateOf } from './identity.ts';
import { Lineage } from './lineage.ts';
import { lintIstio } from './lints.ts';
import { NamedFiles, type ReadFile } from './named-files.ts';
import { type IstioObjects, translatePolicies } from './translate-policies.ts';
import { DEFAULT_FEATURES, DEFAULT_ROOT_NAMESPACE, type Workload } from './workload.ts';

export interface IstioOptions {
  /**
   * Where requests go that no file says more of: `http://host:port` or `https://host:port`. Needed where there is no Gateway; with
   * one, the destinations that no ServiceEntry describes.
   */
  upstream?: string | undefined;
  /** Default: 127.0.0.1:8080, or with Gateways the ports of their servers. */
  listen?: { address: string; port: number } | undefined;
  /** Which proxy to be. Default: the one that the Gateways select, or that all policies are for. */
  workload?: Workload | undefined;
  /** `NAME` or `NAMESPACE/NAME` of the Gateway to be. */
  gateway?: string | undefined;
  mesh?: MeshConfig | undefined;
  /** Refuses what is only warned of otherwise. */
  strict?: boolean | undefined;
  /** Reads a file that a manifest names. Default: the disk, relative to the working folder. */
  readFile?: ReadFile | undefined;
}

export interface LoadedIstio extends LoadedConfig {
  /** Documents of kinds that have no part in it. */
  passedOver: PassedOver[];
}

const DEFAULT_LISTEN = { address: '127.0.0.1', port: 8080 };

/**
 * Reads Istio manifests and makes the resources of a gateway that enforces them: an ingress gateway with the routes of its
 * VirtualServices, or without a Gateway all of one upstream. Never throws for what is in the texts: every error is a located
 * finding, and with one the snapshot is null.
 */
export function loadIstio(sources: readonly ConfigSource[], options: IstioOptions): LoadedIstio {
  const provenance = new Provenance();
  const findings = new Findings(provenance);
  const { objects, passedOver } = readDocuments(sources, { findings, provenance });
  const upstream = options.upstream === undefined ? null : parseOrigin(options.upstream);
  if (options.upstream !== undefined && upstream === null) reportUpstream(options.upstream, findings);
  const resources = translateAll(objects, { ...options, upstream }, findings, provenance);
  const refused = findings.hasErrors || (options.strict === true && findings.list.length > 0);
  const snapshot: Snapshot | null = refused || resources === null ? null : snapshotOf(resources);
  return { snapshot, findings, provenance, passedOver };
}

type Translation = Omit<IstioOptions, 'upstream'> & { upstream: Origin | null };

function translateAll(
  objects: IstioObjects,
  options: Translation,
  findings: Findings,
  provenance: Provenance,
): Resources | null {
  const { listen, upstream, mesh = create(MeshConfigSchema) } = options;
  const rootNamespace = mesh.rootNamespace || DEFAULT_ROOT_NAMESPACE;
  const workload = chooseWorkload(objects, options, rootNamespace, findings);
  const applied = applyingTo(objects, workload, rootNamespace);
  refuseUntranslated(applied, findings);
  lintIstio(applied, findings);
  const lineage = new Lineage(provenance);
  const jwks = new DirectJwks(findings, lineage);
  const filters = translateFilters(applied, { workload, mesh, jwks, lineage, findings });
  const gathered = [...jwks.clusters.values()];
  if (applied.gateways.length > 0) {
    const files = new NamedFiles(options.readFile ?? readFileSync, findings);
    const plan = { workload, upstream, listen, mesh, filters, files, lineage, findings };
    const { listeners, clusters } = translateIngress(applied, plan);
    return { listeners, clusters: withoutDoubles([...clusters, ...gathered]) };
  }
  if (upstream === null) {
    if (options.upstream === null && !findings.hasErrors) reportNoUpstream(findings);
    return null;
  }
  const plain = buildPlainGateway({ listen: listen ?? DEFAULT_LISTEN, upstream, filters, mesh });
  return { ...plain, clusters: withoutDoubles([...plain.clusters, ...gathered]) };
}

interface FilterPlan {
  workload: Workload;
  mesh: MeshConfig;
  jwks: DirectJwks;
  lineage: Lineage;
  findings: Findings;
}

function translateFilters(applied: IstioObjects, { findings, ...plan }: FilterPlan) {
  const { http } = translatePolicies(applied, {
    ...plan,
    features: DEFAULT_FEATURES,
    onProblem: (policies, problem) => {
      for (const policy of policies) {
        findings.report({
          code: ISTIO_CODES.failsClosed,
          severity: 'warning',
          message: problem,
          envoy: 'accepts',
          ...nameplateOf(policy),
        });
      }
    },
  });
  return http;
}

/** What is for another workload is neither judged nor refused. */
function applyingTo(objects: IstioObjects, workload: Workload, rootNamespace: string): IstioObjects {
  const scope = { workload, rootNamespace, features: DEFAULT_FEATURES };
  return {
    ...objects,
    requestAuthentications: selectFor(objects.requestAuthentications, scope, 'workload first'),
    authorizationPolicies: selectFor(objects.authorizationPolicies, scope, 'root first'),
    peerAuthentications: selectFor(objects.peerAuthentications, scope, 'workload first'),
    gateways: gatewaysOf(objects.gateways, workload),
  };
}

/** A route and a key set may be at one place. */
function withoutDoubles<T extends { name: string }>(clusters: readonly T[]): T[] {
  return [...new Map(clusters.toReversed().map((cluster) => [cluster.name, cluster])).values()].reverse();
}

function reportUpstream(text: string, findings: Findings): void {
  findings.add({
    code: ISTIO_CODES.badUpstream,
    severity: 'error',
    message: `\`${text}\` is no upstream`,
    hint: 'write `http://host:port` or `https://host:port`',
    envoy: 'accepts',
  });
}

function reportNoUpstream(findings: Findings): void {
  findings.add({
    code: ISTIO_CODES.badUpstream,
    severity: 'error',
    message: 'no Gateway is for this workload, so that nothing says where requests go',
    hint: 'say so with `--upstream URL`, or name a Gateway with `--gateway NAME`',
    envoy: 'accepts',
  });
}
