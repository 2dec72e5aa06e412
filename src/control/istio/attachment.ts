import type { PolicyTargetReference, WorkloadSelector } from '#schema/istio/meta_pb.js';
import { type IstioObject, inOrderOfCreation, namespaceOf } from './identity.ts';
import { type Features, GATEWAY_NAME_LABEL, type Workload } from './workload.ts';

/** An object that says by selector or by reference which workloads it is for. */
export interface Attachable extends IstioObject {
  spec?:
    | {
        selector?: WorkloadSelector | undefined;
        targetRef?: PolicyTargetReference | undefined;
        targetRefs?: PolicyTargetReference[];
      }
    | undefined;
}

export interface Scope {
  workload: Workload;
  rootNamespace: string;
  features: Features;
}

/** Objects of one kind by namespace, each namespace's in order of creation. */
export class PolicyIndex<T extends Attachable> {
  readonly #byNamespace: ReadonlyMap<string, T[]>;

  constructor(objects: readonly T[]) {
    this.#byNamespace = Map.groupBy(inOrderOfCreation(objects), namespaceOf);
  }

  /**
   * Those that apply to a workload (istio.md §2.1).
   * @param lookup which namespace is asked first.
   */
  select(scope: Scope, lookup: 'root first' | 'workload first'): T[] {
    const { workload, rootNamespace } = scope;
    const own =
      lookup === 'root first' ? [rootNamespace, workload.namespace] : [workload.namespace, rootNamespace];
    const namespaces = new Set(workload.service === undefined ? own : [...own, workload.service.namespace]);
    return [...namespaces].flatMap((namespace) =>
      (this.#byNamespace.get(namespace) ?? []).filter((object) => attaches(object, scope)),
    );
  }
}

function attaches(object: Attachable, scope: Scope): boolean {
  const { workload, features } = scope;
  const references = referencesOf(object);
  const managed = workload.labels[GATEWAY_NAME_LABEL] !== undefined && workload.kind !== 'sidecar';
  if (!managed) return references.length === 0 && selects(object, workload);
  if (references.length > 0) {
    return references.some((reference) => refersTo(reference, object, scope));
  }
  if (workload.kind === 'waypoint' || features.noSelectorOnK8sGateway) return false;
  return selects(object, workload);
}

function referencesOf({ spec }: Attachable): PolicyTargetReference[] {
  if (spec?.targetRefs !== undefined && spec.targetRefs.length > 0) return spec.targetRefs;
  return spec?.targetRef === undefined ? [] : [spec.targetRef];
}

function selects({ spec }: Attachable, { labels }: Workload): boolean {
  return Object.entries(spec?.selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

function refersTo(reference: PolicyTargetReference, object: Attachable, scope: Scope): boolean {
  const { workload, rootNamespace } = scope;
  const namespace = namespaceOf(object);
  const { group, kind, name } = reference;
  const waypoint = workload.kind === 'waypoint';
  if (group === 'gateway.networking.k8s.io' && kind === 'Gateway') {
    return name === workload.labels[GATEWAY_NAME_LABEL] && namespace === workload.namespace;
  }
  if (group === 'gateway.networking.k8s.io' && kind === 'GatewayClass') {
    return waypoint && namespace === rootNamespace && name === 'istio-waypoint';
  }
  const { service } = workload;
  if (!waypoint || service === undefined || service.kind !== kind) return false;
  return service.name === name && service.namespace === namespace;
}
