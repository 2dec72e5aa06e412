import type { PolicyTargetReference } from '#schema/istio/meta_pb.js';
import {
  AuthorizationPolicySpec_Action as Action,
  type AuthorizationPolicy,
  type Condition,
  MutualTLS_Mode as Mode,
  type Operation,
  type Source,
} from '#schema/istio/security_pb.js';
import type { Findings } from '../../../resources/index.ts';
import type { Attachable } from '../attachment.ts';
import { isPathTemplate } from '../authz/permission-attributes.ts';
import { ISTIO_CODES } from '../codes.ts';
import type { IstioObjects } from '../translate-policies.ts';

/**
 * Refuses by name what the translation knows and the gate cannot enforce yet: external authorizers, identities of mesh
 * certificates, path templates, policies of waypoints. Nothing is left out in silence.
 */
export function refuseUntranslated(objects: IstioObjects, findings: Findings): void {
  const refuse: Refuse = (message, about, field) =>
    findings.report({
      code: ISTIO_CODES.notTranslated,
      severity: 'error',
      message: `${message}: not done yet`,
      envoy: 'accepts',
      about,
      ...(field === undefined ? {} : { field }),
    });
  for (const request of objects.requestAuthentications) refuseReferences(request, refuse);
  for (const policy of objects.authorizationPolicies) {
    refuseReferences(policy, refuse);
    refusePolicy(policy, refuse);
  }
  for (const { spec } of objects.peerAuthentications) {
    if (spec?.mtls?.mode === Mode.STRICT) refuse('mTLS mode `STRICT`', spec.mtls, 'mode');
  }
}

type Refuse = (message: string, about: object, field?: string) => void;

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

function refusePolicy({ spec }: AuthorizationPolicy, refuse: Refuse): void {
  if (spec === undefined) return;
  if (spec.action === Action.CUSTOM) refuse('action `CUSTOM`, an external authorizer', spec, 'action');
  for (const rule of spec.rules) {
    for (const { source } of rule.from) if (source !== undefined) refuseIdentities(source, refuse);
    for (const { operation } of rule.to) if (operation !== undefined) refuseTemplates(operation, refuse);
    for (const condition of rule.when) refuseCondition(condition, refuse);
  }
}

function refuseIdentities(source: Source, refuse: Refuse): void {
  const lists: [string, string[]][] = [
    ['principals', source.principals],
    ['not_principals', source.notPrincipals],
    ['namespaces', source.namespaces],
    ['not_namespaces', source.notNamespaces],
    ['service_accounts', source.serviceAccounts],
    ['not_service_accounts', source.notServiceAccounts],
    ['trust_domains', source.trustDomains],
    ['not_trust_domains', source.notTrustDomains],
  ];
  for (const [field, list] of lists) {
    if (list.length > 0) refuse('the identity of a mesh certificate', source, `${field}[0]`);
  }
}

function refuseTemplates(operation: Operation, refuse: Refuse): void {
  for (const [field, list] of [
    ['paths', operation.paths],
    ['not_paths', operation.notPaths],
  ] as const) {
    for (const [index, path] of list.entries()) {
      if (isPathTemplate(path)) refuse(`path template \`${path}\``, operation, `${field}[${index}]`);
    }
  }
}

function refuseCondition(condition: Condition, refuse: Refuse): void {
  const { key } = condition;
  if (/^source\.(?:namespace|principal|serviceAccount|trustDomain)$/.test(key)) {
    refuse(`condition \`${key}\`, the identity of a mesh certificate`, condition, 'key');
  }
}
