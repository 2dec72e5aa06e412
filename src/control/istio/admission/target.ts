import type { PolicyTargetReference, WorkloadSelector } from '#schema/istio/meta_pb.js';
import type { Faults } from './fault.ts';

/** An object's spec as far as it says where the object applies. */
interface Targeted {
  selector?: WorkloadSelector | undefined;
  targetRef?: PolicyTargetReference | undefined;
  targetRefs?: PolicyTargetReference[];
}

const REFERENCES_MAX = 16;
const LABEL_VALUE_MAX = 63;

/** Group and kind of what a policy may be attached to. */
const KINDS = [
  ['gateway.networking.k8s.io', 'Gateway'],
  ['gateway.networking.k8s.io', 'GatewayClass'],
  ['', 'Service'],
  ['core', 'Service'],
  ['networking.istio.io', 'ServiceEntry'],
] as const;

/** Checks `selector`, `targetRef` and `targetRefs` (istio.md §1.1, §2.9). */
export function admitTarget(spec: Targeted, faults: Faults): void {
  const { selector, targetRef, targetRefs = [] } = spec;
  const ways = [selector !== undefined, targetRef !== undefined, targetRefs.length > 0];
  if (ways.filter(Boolean).length > 1) {
    faults.both(spec, 'selector', 'only one of `selector`, `targetRef` and `targetRefs` can be set');
  }
  if (selector !== undefined) admitSelector(selector, faults);
  if (targetRefs.length > REFERENCES_MAX) {
    faults.schema(spec, 'target_refs', `more than ${REFERENCES_MAX} target references`);
  }
  for (const reference of targetRef === undefined ? targetRefs : [targetRef, ...targetRefs]) {
    admitReference(reference, faults);
  }
}

export function admitSelector(selector: WorkloadSelector, faults: Faults): void {
  const labels = Object.entries(selector.matchLabels);
  if (labels.length === 0) {
    faults.warn(
      selector,
      undefined,
      'a selector without labels selects every workload',
      'leave `selector` out',
    );
  }
  for (const [key, value] of labels) {
    const field = `match_labels[${key}]`;
    if (key === '') faults.webhook(selector, field, 'a label without a key');
    if (key.includes('*') || value.includes('*')) {
      faults.webhook(selector, field, `label \`${key}: ${value}\`: a selector has no wildcards`);
    }
    if (value.length > LABEL_VALUE_MAX) {
      faults.schema(
        selector,
        field,
        `the value of label \`${key}\` is longer than ${LABEL_VALUE_MAX} characters`,
      );
    }
  }
}

function admitReference(reference: PolicyTargetReference, faults: Faults): void {
  const { group, kind, name, namespace } = reference;
  if (kind === '') faults.schema(reference, 'kind', 'a target reference needs a `kind`');
  if (name === '') faults.both(reference, 'name', 'a target reference needs a `name`');
  if (namespace !== '') {
    faults.both(reference, 'namespace', 'a policy cannot be attached to something in another namespace');
  }
  if (kind !== '' && !KINDS.some(([group_, kind_]) => group_ === group && kind_ === kind)) {
    const written = group === '' ? kind : `${group}/${kind}`;
    const hint =
      'Gateway, GatewayClass (gateway.networking.k8s.io), Service, ServiceEntry (networking.istio.io)';
    faults.webhook(reference, 'kind', `a policy cannot be attached to a \`${written}\``, hint);
  }
}
