import type { PolicyTargetReference } from '#schema/istio/meta_pb.js';
import type { Findings } from '../../../resources/index.ts';
import type { Attachable } from '../attachment.ts';
import { ISTIO_CODES } from '../codes.ts';
import { nameOf, nameplateOf, namespaceOf } from '../identity.ts';
import type { IstioObjects } from '../translate-policies.ts';
import { GATEWAY_NAME_LABEL, type Workload } from '../workload.ts';

/**
 * The one workload that all policies are for: their namespace, all their selectors' labels, the gateway that they name. Where there
 * is none, that is an error which names the policy that does not fit.
 */
export function deriveWorkload(objects: IstioObjects, rootNamespace: string, findings: Findings): Workload {
  const policies: Attachable[] = [...objects.requestAuthentications, ...objects.authorizationPolicies];
  const labels = new Map<string, string>();
  let namespace: string | undefined;
  for (const policy of policies) {
    const own = namespaceOf(policy);
    if (own !== rootNamespace) {
      if (namespace !== undefined && own !== namespace) {
        reportConflict(findings, policy, `it is in namespace \`${own}\`, others are in \`${namespace}\``);
      }
      namespace ??= own;
    }
    for (const [key, value] of wantedLabels(policy)) {
      const other = labels.get(key);
      if (other !== undefined && other !== value) {
        reportConflict(findings, policy, `it wants \`${key}: ${value}\`, others want \`${key}: ${other}\``);
      }
      if (other === undefined) labels.set(key, value);
    }
  }
  return { namespace: namespace ?? rootNamespace, labels: Object.fromEntries(labels), kind: 'gateway' };
}

/** The labels that a policy's selector or references ask of a workload. */
export function wantedLabels({ spec }: Attachable): [string, string][] {
  const references = [
    ...(spec?.targetRef === undefined ? [] : [spec.targetRef]),
    ...(spec?.targetRefs ?? []),
  ];
  return [...Object.entries(spec?.selector?.matchLabels ?? {}), ...references.flatMap(gatewayLabel)];
}

function gatewayLabel({ group, kind, name }: PolicyTargetReference): [string, string][] {
  return group === 'gateway.networking.k8s.io' && kind === 'Gateway' ? [[GATEWAY_NAME_LABEL, name]] : [];
}

function reportConflict(findings: Findings, policy: Attachable, why: string): void {
  findings.report({
    code: ISTIO_CODES.severalWorkloads,
    severity: 'error',
    message: `\`${nameOf(policy)}\` is for another workload: ${why}`,
    hint: 'name the workload to run for: `--workload NAMESPACE/LABEL=VALUE,…`',
    envoy: 'accepts',
    ...nameplateOf(policy),
  });
}

/** Reads `NAMESPACE/LABEL=VALUE,…` or `NAMESPACE`; null when it is neither. */
export function parseWorkload(text: string): Workload | null {
  const match = /^([a-z0-9][a-z0-9-]*)(?:\/(.*))?$/.exec(text);
  if (match === null) return null;
  const labels = new Map<string, string>();
  for (const pair of (match[2] ?? '').split(',').filter(Boolean)) {
    const equals = pair.indexOf('=');
    if (equals < 1) return null;
    labels.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return { namespace: match[1] as string, labels: Object.fromEntries(labels), kind: 'gateway' };
}
