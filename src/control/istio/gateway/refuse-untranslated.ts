import type { PolicyTargetReference } from '#schema/istio/meta_pb.js';
import { MutualTLS_Mode as Mode, type PeerAuthenticationSpec } from '#schema/istio/security_pb.js';
import type { Findings } from '../../../resources/index.ts';
import type { Attachable } from '../attachment.ts';
import { composeMtls } from '../authn/mtls.ts';
import { ISTIO_CODES } from '../codes.ts';
import type { IstioObjects } from '../translate-policies.ts';
import type { Workload } from '../workload.ts';

/**
 * Refuses by name what a gate cannot be: the proxy of a waypoint's policies, mTLS of a workload without a Gateway. What the data path
 * cannot do it refuses itself, at the same lines. Nothing is left out in silence.
 */
export function refuseUntranslated(
  objects: IstioObjects,
  { workload, rootNamespace }: { workload: Workload; rootNamespace: string },
  findings: Findings,
): void {
  const refuse: Refuse = (message, about, field, hint) =>
    findings.report({
      code: ISTIO_CODES.notTranslated,
      severity: 'error',
      message: `${message}: not done yet`,
      hint,
      envoy: 'accepts',
      about,
      field,
    });
  for (const request of objects.requestAuthentications) refuseReferences(request, refuse);
  for (const policy of objects.authorizationPolicies) {
    refuseReferences(policy, refuse);
  }
  if (objects.gateways.length > 0) return;
  const { mode, byPort } = composeMtls(objects.peerAuthentications, workload, rootNamespace);
  if (mode !== 'STRICT' && ![...byPort.values()].includes('STRICT')) return;
  for (const { spec } of objects.peerAuthentications) refuseStrict(spec, refuse);
}

type Refuse = (message: string, about: object, field: string, hint?: string) => void;

/** The gate has none of the mesh's certificates, and lets nobody in without one who would need one there. */
function refuseStrict(spec: PeerAuthenticationSpec | undefined, refuse: Refuse): void {
  const message = 'mTLS mode `STRICT` without a Gateway, by certificates of the mesh';
  const hint =
    'put a Gateway with `tls: {mode: MUTUAL}` among the files, or leave this object out: clients are then taken as PERMISSIVE takes them';
  if (spec?.mtls?.mode === Mode.STRICT) refuse(message, spec.mtls, 'mode', hint);
  for (const port of Object.values(spec?.portLevelMtls ?? {})) {
    if (port.mode === Mode.STRICT) refuse(message, port, 'mode', hint);
  }
}

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
