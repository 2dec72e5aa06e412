import type { Findings } from '../../../resources/index.ts';
import { ISTIO_CODES } from '../codes.ts';
import { namespaceOf } from '../identity.ts';
import type { IstioObjects } from '../translate-policies.ts';
import type { Workload } from '../workload.ts';
import { wantedLabels } from './derive-workload.ts';

type Policies = Pick<IstioObjects, 'requestAuthentications' | 'authorizationPolicies' | 'gateways'>;

/**
 * A workload that was asked for by name and that nothing in the files is for is a slip: its proxy would let everything in.
 * @param applied what of `all` is for the workload
 */
export function refuseUnknownWorkload(
  workload: Workload,
  applied: Policies,
  all: Policies,
  findings: Findings,
): void {
  const others = selectedBy(all);
  if (others.length === 0 || selectedBy(applied).length > 0) return;
  const shown = others.slice(0, SHOWN_MAX).map((name) => `\`${name}\``);
  const left = others.length - shown.length;
  findings.add({
    code: ISTIO_CODES.noWorkload,
    severity: 'error',
    message: `no policy and no Gateway in the files is for the workload \`${nameWorkload(workload.namespace, Object.entries(workload.labels))}\``,
    hint: `they are for ${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`,
    envoy: 'accepts',
  });
}

const SHOWN_MAX = 5;

function selectedBy({ requestAuthentications, authorizationPolicies, gateways }: Policies): string[] {
  const policies = [...requestAuthentications, ...authorizationPolicies];
  const names = [
    ...policies.map((policy) => nameWorkload(namespaceOf(policy), wantedLabels(policy))),
    ...gateways.map((one) => nameWorkload(namespaceOf(one), Object.entries(one.spec?.selector ?? {}))),
  ];
  return [...new Set(names)];
}

function nameWorkload(namespace: string, labels: readonly (readonly [string, string])[]): string {
  const pairs = labels.map(([key, value]) => `${key}=${value}`);
  return [namespace, ...(pairs.length > 0 ? [pairs.join()] : [])].join('/');
}
