import { create } from '@bufbuild/protobuf';
import { type MeshConfig, MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import { readNamedFile } from '../../platform/index.ts';
import { Findings, type Provenance } from '../../resources/index.ts';
import type { ConfigSource, LoadedConfig } from '../config/index.ts';
import { PolicyIndex } from './attachment.ts';
import { DestinationClusters } from './clusters/destination-clusters.ts';
import { DestinationRules } from './clusters/destination-rules.ts';
import { ServiceRegistry } from './clusters/service-registry.ts';
import { ISTIO_CODES } from './codes.ts';
import { Credentials } from './credentials.ts';
import { KIND_GROUPS, readDocuments } from './documents.ts';
import { makeAuthorizerClusters } from './gateway/authorizer-clusters.ts';
import { chooseWorkload } from './gateway/choose-workload.ts';
import { DirectJwks } from './gateway/direct-jwks.ts';
import { gatewaysOf } from './gateway/gateway-servers.ts';
import { buildPlainGateway, type Resources, snapshotOf } from './gateway/gateway-snapshot.ts';
import { NetworkingJudge } from './gateway/judge-networking.ts';
import { lintIdentities } from './gateway/lint-identities.ts';
import { parseOrigin } from './gateway/parse-origin.ts';
import { refuseUnknownWorkload } from './gateway/refuse-unknown-workload.ts';
import { refuseUntranslated } from './gateway/refuse-untranslated.ts';
import { translateIngress } from './gateway/translate-ingress.ts';
import type { Origin } from './gateway/upstream-cluster.ts';
import { nameOf } from './identity.ts';
import { IstioMemory } from './istio-memory.ts';
import { Lineage } from './lineage.ts';
import { lintIstio } from './lints.ts';
import { NamedFiles, type ReadFile } from './named-files.ts';
import { refuseTwins } from './refuse-twins.ts';
import { Secrets } from './secrets.ts';
import { judgeStrangers, type Stranger } from './strangers.ts';
import { type IstioObjects, translatePolicies } from './translate-policies.ts';
import type { TranslationMemo } from './translation-memo.ts';
import { DEFAULT_FEATURES, DEFAULT_ROOT_NAMESPACE, type Workload } from './workload.ts';

export interface IstioOptions {
  /**
   * Where requests go that no file says more of: `http://host:port` or `https://host:port`. Needed where there is no Gateway; with
   * one, the destinations that no ServiceEntry describes.
   */
  upstream?: string | undefined;
  /** As `upstream`, for no destination of a Gateway's routes. */
  upstreamWithoutGateway?: string | undefined;
  /** Default: 127.0.0.1:8080, or with Gateways the ports of their servers. */
  listen?: { address: string; port: number } | undefined;
  /** Which proxy to be. Default: the one that the Gateways select, or that all policies are for. */
  workload?: Workload | undefined;
  /** Takes a workload that nothing in the texts is for; otherwise that is an error. */
  allowUnknownWorkload?: boolean | undefined;
  /** `NAME` or `NAMESPACE/NAME` of the Gateway to be. */
  gateway?: string | undefined;
  mesh?: MeshConfig | undefined;
  /** Refuses what is only warned of otherwise. */
  strict?: boolean | undefined;
  /**
   * The result is for an Envoy, not for the gate. An Envoy cannot ask issuers for the address of their keys: no token of a rule that
   * names none passes it. What only the gate cannot do is not refused.
   */
  forEnvoy?: boolean | undefined;
  /** What was read of Envoy's own files, whose listeners and clusters stand beside; its clusters win over ours of the same name. */
  beside?: LoadedConfig | undefined;
  /** What is known of an earlier reading of these files. */
  memory?: IstioMemory | undefined;
  /** Reads a file that a manifest names. Default: the disk, relative to the working folder. */
  readFile?: ReadFile | undefined;
}

/** A document that has no part in it: of another kind, or for another workload. */
export type PassedOver = Pick<Stranger, 'kind' | 'name' | 'at'>;

export interface LoadedIstio extends LoadedConfig {
  passedOver: PassedOver[];
  /** Whose policies are enforced. */
  workload: Workload;
}

const DEFAULT_LISTEN = { address: '127.0.0.1', port: 8080 };

/**
 * Reads Istio manifests and makes the resources of a gateway that enforces them: an ingress gateway with the routes of its
 * VirtualServices, or without a Gateway all of one upstream. Never throws for what is in the texts: every error is a located
 * finding, and with one the snapshot is null.
 */
export function loadIstio(sources: readonly ConfigSource[], options: IstioOptions): LoadedIstio {
  const { memory = new IstioMemory(), beside } = options;
  const { provenance } = memory;
  provenance.standBeside(beside?.provenance);
  memory.keepOnly(sources.map(({ name }) => name));
  const findings = new Findings(provenance);
  for (const finding of beside?.findings.list ?? []) findings.add(finding);
  const { objects, strangers } = readDocuments(sources, { findings, provenance, known: memory.sources });
  const { mesh = create(MeshConfigSchema) } = options;
  const rootNamespace = mesh.rootNamespace || DEFAULT_ROOT_NAMESPACE;
  const workload = chooseWorkload(objects, options, rootNamespace, findings);
  judgeStrangers(strangers, KIND_GROUPS, { workload, rootNamespace }, findings);
  const applied = applyingTo(objects, workload, rootNamespace);
  if (options.workload !== undefined && options.allowUnknownWorkload !== true) {
    refuseUnknownWorkload(workload, applied, objects, findings);
  }
  refuseTwins(applied, provenance, findings);
  const credentials = new Credentials(new Secrets(strangers), workload.namespace, findings);
  const resources = translateAll(applied, { ...options, mesh, workload, memory, credentials }, findings);
  const refused = isRefused(findings, options);
  const snapshot = refused || resources === null ? null : snapshotOf(resources, options.beside?.snapshot);
  const unused = strangers.filter((stranger) => !credentials.used.has(stranger));
  const passedOver = [...unused, ...notAmong(applied, objects, provenance)];
  return { snapshot, findings, provenance, passedOver, workload };
}

/** An error that is no mere lint; under `strict` anything that was found. */
function isRefused({ list }: Findings, { strict, beside }: IstioOptions): boolean {
  if (beside?.snapshot === null || (strict === true && list.length > 0)) return true;
  return list.some(({ severity, code }) => severity === 'error' && !code.startsWith('L'));
}

type Translation = IstioOptions & {
  mesh: MeshConfig;
  workload: Workload;
  memory: IstioMemory;
  credentials: Credentials;
};

function translateAll(applied: IstioObjects, options: Translation, findings: Findings): Resources | null {
  const { listen, mesh, workload, memory, credentials, forEnvoy = false } = options;
  const rootNamespace = mesh.rootNamespace || DEFAULT_ROOT_NAMESPACE;
  refuseUntranslated(applied, { workload, rootNamespace }, findings);
  lintIstio(applied, findings);
  lintIdentities(applied.gateways, applied.authorizationPolicies, findings);
  const lineage = new Lineage(memory.provenance);
  const jwks = new DirectJwks(findings, lineage, !forEnvoy);
  const memo = memory.memoFor(mesh);
  const filters = translateFilters(applied, { workload, mesh, jwks, lineage, findings, memo });
  const keyClusters = [...jwks.clusters.values()];
  const upstream = readUpstream(options, applied.gateways.length > 0, findings);
  const files = new NamedFiles(options.readFile ?? readNamedFile, findings);
  const judge = new NetworkingJudge(findings);
  const destinations = new DestinationClusters({
    registry: new ServiceRegistry(applied.serviceEntries, applied.workloadEntries, workload.namespace),
    rules: new DestinationRules(applied.destinationRules, workload.namespace),
    upstream,
    files,
    credentials,
    forEnvoy,
    lineage,
    findings,
    judge,
  });
  makeAuthorizerClusters(filters, destinations);
  if (applied.gateways.length > 0) {
    const plan = {
      workload,
      listen,
      mesh,
      filters,
      files,
      credentials,
      lineage,
      findings,
      destinations,
      judge,
    };
    const listeners = translateIngress(applied, plan);
    return { listeners, clusters: withoutDoubles([...destinations.made.values(), ...keyClusters]) };
  }
  if (upstream === null) return null;
  const plain = buildPlainGateway({ listen: listen ?? DEFAULT_LISTEN, upstream, filters, mesh });
  const others = [...destinations.made.values(), ...keyClusters];
  return { ...plain, clusters: withoutDoubles([...plain.clusters, ...others]) };
}

/** null: none is known, which without a Gateway is an error. */
function readUpstream(options: IstioOptions, hasGateway: boolean, findings: Findings): Origin | null {
  const text = options.upstream ?? (hasGateway ? undefined : options.upstreamWithoutGateway);
  const upstream = text === undefined ? null : parseOrigin(text);
  if (text !== undefined && upstream === null) reportUpstream(text, findings);
  if (text === undefined && !hasGateway && !findings.hasErrors) reportNoUpstream(findings);
  return upstream;
}

interface FilterPlan {
  workload: Workload;
  mesh: MeshConfig;
  jwks: DirectJwks;
  lineage: Lineage;
  memo: TranslationMemo;
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
          about: policy.spec?.provider ?? policy,
          field: 'name',
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
    requestAuthentications: new PolicyIndex(objects.requestAuthentications).select(scope, 'workload first'),
    authorizationPolicies: new PolicyIndex(objects.authorizationPolicies).select(scope, 'root first'),
    peerAuthentications: new PolicyIndex(objects.peerAuthentications).select(scope, 'workload first'),
    gateways: gatewaysOf(objects.gateways, workload),
  };
}

/** Policies and gateways that are for other workloads. */
function notAmong(applied: IstioObjects, all: IstioObjects, provenance: Provenance): PassedOver[] {
  const kinds = [
    ['RequestAuthentication', all.requestAuthentications, applied.requestAuthentications],
    ['AuthorizationPolicy', all.authorizationPolicies, applied.authorizationPolicies],
    ['Gateway', all.gateways, applied.gateways],
  ] as const;
  return kinds.flatMap(([kind, every, some]) => {
    const kept = new Set<object>(some);
    return every.flatMap((object) => {
      const at = kept.has(object) ? undefined : provenance.find(object);
      return at === undefined ? [] : [{ kind, name: nameOf(object), at }];
    });
  });
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
