import type { PolicyTargetReference } from '#schema/istio/meta_pb.js';
import { MutualTLS_Mode as Mode } from '#schema/istio/security_pb.js';
import type { Findings } from '../../../resources/index.ts';
import type { Attachable } from '../attachment.ts';
import { ISTIO_CODES } from '../codes.ts';
import type { IstioObjects } from '../translate-policies.ts';

/**
 * Refuses by name what a gate cannot be: the proxy of a waypoint's policies, mTLS of a workload without a Gateway. What the data path
 * cannot do it refuses itself, at the same lines. Nothing is left out in silence.
 */
export function refuseUntranslated(objects: IstioObjects, findings: Findings): void {
  const refuse: Refuse = (message, about, field) =>
    findings.report({
      code: ISTIO_CODES.notTranslated,
      severity: 'error',
      message: `${message}: not done yet`,
      envoy: 'accepts',
      about,
      field,
    });
  for (const request of objects.requestAuthentications) refuseReferences(request, refuse);
  for (const policy of objects.authorizationPolicies) {
    refuseReferences(policy, refuse);
  }
  if (objects.gateways.length > 0) return;
  for (const { spec } of objects.peerAuthentications) {
    if (spec?.mtls?.mode === Mode.STRICT) refuse('mTLS mode `STRICT`', spec.mtls, 'mode');
  }
}

type Refuse = (message: string, about: object, field: string) => void;

function refuseReferences({ spec }: Attachable, refuse: Refuse): void {
  const references = [
    ...(spec?.targetRef === undefined ? [] : [spec.targetRef]),
    ...(spec?.targetRefs ?? []),
  ];
  for (const reference of references.filter((one) => !isGateway(one))) {
    refuse(`a policy attached to a ${reference.kind}`, reference, 'kind');
  }
}

function isGateway({ kind }: PolicyTargetReference): boolean {
  return kind === 'Gateway';
}
