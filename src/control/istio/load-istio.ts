import { create } from '@bufbuild/protobuf';
import { type MeshConfig, MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import { Findings, Provenance, type Snapshot } from '../../resources/index.ts';
import type { ConfigSource, LoadedConfig } from '../config/index.ts';
import { selectFor } from './attachment.ts';
import { ISTIO_CODES } from './codes.ts';
import { type PassedOver, readDocuments } from './documents.ts';
import { deriveWorkload } from './gateway/derive-workload.ts';
import { DirectJwks } from './gateway/direct-jwks.ts';
import { buildGatewaySnapshot } from './gateway/gateway-snapshot.ts';
import { parseOrigin } from './gateway/parse-origin.ts';
import { refuseUntranslated } from './gateway/refuse-untranslated.ts';
import type { Origin } from './gateway/upstream-cluster.ts';
import { nameplateOf } from './identity.ts';
import { Lineage } from './lineage.ts';
import { lintIstio } from './lints.ts';
import { type IstioObjects, translatePolicies } from './translate-policies.ts';
import { DEFAULT_FEATURES, DEFAULT_ROOT_NAMESPACE, type Workload } from './workload.ts';

export interface IstioOptions {
  /** Where admitted requests go: `http://host:port` or `https://host:port`. */
  upstream: string;
  /** Default: 127.0.0.1:8080. */
  listen?: { address: string; port: number } | undefined;
  /** Which proxy to be. Default: the one that all policies are for. */
  workload?: Workload | undefined;
  mesh?: MeshConfig | undefined;
  /** Refuses what is only warned of otherwise. */
  strict?: boolean | undefined;
}

export interface LoadedIstio extends LoadedConfig {
  /** Documents of kinds that have no part in it. */
  passedOver: PassedOver[];
}

const DEFAULT_LISTEN = { address: '127.0.0.1', port: 8080 };

/**
 * Reads Istio manifests and makes the resources of a gateway that enforces them in front of one upstream. Never throws for what is
 * in the texts: every error is a located finding, and with one the snapshot is null.
 */
export function loadIstio(sources: readonly ConfigSource[], options: IstioOptions): LoadedIstio {
  const provenance = new Provenance();
  const findings = new Findings(provenance);
  const { objects, passedOver } = readDocuments(sources, { findings, provenance });
  const upstream = parseOrigin(options.upstream);
  if (upstream === null) reportUpstream(options.upstream, findings);
  const snapshot =
    upstream === null ? null : translateGateway(objects, { ...options, upstream }, findings, provenance);
  const refused = findings.hasErrors || (options.strict === true && findings.list.length > 0);
  return { snapshot: refused ? null : snapshot, findings, provenance, passedOver };
}

function translateGateway(
  objects: IstioObjects,
  options: Omit<IstioOptions, 'upstream'> & { upstream: Origin },
  findings: Findings,
  provenance: Provenance,
): Snapshot {
  const { listen = DEFAULT_LISTEN, upstream, mesh = create(MeshConfigSchema) } = options;
  const rootNamespace = mesh.rootNamespace || DEFAULT_ROOT_NAMESPACE;
  const workload = options.workload ?? deriveWorkload(objects, rootNamespace, findings);
  const applied = applyingTo(objects, workload, rootNamespace);
  refuseUntranslated(applied, findings);
  lintIstio(applied, findings);
  const lineage = new Lineage(provenance);
  const jwks = new DirectJwks(findings, lineage);
  const { http } = translatePolicies(applied, {
    workload,
    mesh,
    features: DEFAULT_FEATURES,
    jwks,
    lineage,
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
  return buildGatewaySnapshot({ listen, upstream, filters: http, clusters: [...jwks.clusters.values()] });
}

/** What is for another workload is neither judged nor refused. */
function applyingTo(objects: IstioObjects, workload: Workload, rootNamespace: string): IstioObjects {
  const scope = { workload, rootNamespace, features: DEFAULT_FEATURES };
  return {
    ...objects,
    requestAuthentications: selectFor(objects.requestAuthentications, scope, 'workload first'),
    authorizationPolicies: selectFor(objects.authorizationPolicies, scope, 'root first'),
    peerAuthentications: selectFor(objects.peerAuthentications, scope, 'workload first'),
  };
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
