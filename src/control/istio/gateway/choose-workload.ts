import type { Gateway } from '#schema/istio/networking_pb.js';
import type { Findings } from '../../../resources/index.ts';
import type { Attachable } from '../attachment.ts';
import { ISTIO_CODES } from '../codes.ts';
import { nameOf, nameplateOf, namespaceOf } from '../identity.ts';
import type { IstioObjects } from '../translate-policies.ts';
import type { Workload } from '../workload.ts';
import { deriveWorkload } from './derive-workload.ts';
import { gatewayName } from './gateway-servers.ts';

export interface WorkloadChoice {
  workload?: Workload | undefined;
  /** `NAME` or `NAMESPACE/NAME` of a Gateway. */
  gateway?: string | undefined;
}

/**
 * Which proxy to be: the workload that was asked for; else the one that the named Gateway selects, or all Gateways; else, without
 * any, the one that all policies are for.
 */
export function chooseWorkload(
  objects: IstioObjects,
  { workload, gateway: name }: WorkloadChoice,
  rootNamespace: string,
  findings: Findings,
): Workload {
  if (workload !== undefined) return workload;
  if (name === undefined && objects.gateways.length === 0) {
    return deriveWorkload(objects, rootNamespace, findings);
  }
  const gateway =
    name === undefined ? onlySelector(objects.gateways, findings) : named(name, objects.gateways);
  if (gateway === undefined) {
    reportMissing(name ?? '', objects.gateways, findings);
    return { namespace: rootNamespace, labels: {}, kind: 'gateway' };
  }
  const labels = gateway.spec?.selector ?? {};
  const namespace = namespaceFor(gateway, labels, objects, rootNamespace, findings);
  return { namespace, labels, kind: 'gateway' };
}

function named(name: string, gateways: readonly Gateway[]): Gateway | undefined {
  const found = gateways.filter((one) => nameOf(one) === name || gatewayName(one) === name);
  return found.length === 1 ? found[0] : undefined;
}

/** Gateways of one selector are one proxy. */
function onlySelector(gateways: readonly Gateway[], findings: Findings): Gateway | undefined {
  const [first] = gateways;
  const selectorOf = ({ spec }: Gateway) => JSON.stringify(Object.entries(spec?.selector ?? {}).sort());
  const other = gateways.find((one) => first !== undefined && selectorOf(one) !== selectorOf(first));
  if (other !== undefined) {
    reportConflict(findings, other, `it selects other workloads than \`${nameOf(first ?? other)}\``);
  }
  return first;
}

/** That of the policies that select the gateway's labels; without any, the Gateway's own. */
function namespaceFor(
  gateway: Gateway,
  labels: Readonly<Record<string, string>>,
  objects: IstioObjects,
  rootNamespace: string,
  findings: Findings,
): string {
  const policies: Attachable[] = [...objects.requestAuthentications, ...objects.authorizationPolicies];
  const selecting = policies.filter(({ spec }) => {
    const wanted = Object.entries(spec?.selector?.matchLabels ?? {});
    return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
  });
  const namespaces = new Set(selecting.map(namespaceOf));
  namespaces.delete(rootNamespace);
  const [namespace, second] = namespaces;
  if (second !== undefined) {
    const policy = selecting.find((one) => namespaceOf(one) === second) as Attachable;
    reportConflict(findings, policy, `it is in namespace \`${second}\`, others are in \`${namespace}\``);
  }
  if (namespace !== undefined || selecting.length > 0) return namespace ?? rootNamespace;
  const own = namespaceOf(gateway);
  if (own !== rootNamespace) warnOfGuess(own, labels, policies, rootNamespace, findings);
  return own;
}

/** A policy for all of another namespace is the gateway's if that is where it runs: it is not left out without a word. */
function warnOfGuess(
  guess: string,
  labels: Readonly<Record<string, string>>,
  policies: readonly Attachable[],
  rootNamespace: string,
  findings: Findings,
): void {
  const here = new Set([guess, rootNamespace]);
  const policy = policies.find((one) => isForNamespace(one) && !here.has(namespaceOf(one)));
  if (policy === undefined) return;
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  findings.report({
    code: ISTIO_CODES.notApplied,
    severity: 'warning',
    message: `\`${nameOf(policy)}\` is not applied: nothing says where the gateway runs, so it is taken to be in namespace \`${guess}\``,
    hint: `if it runs in another: \`--workload ${[namespaceOf(policy), ...(pairs.length > 0 ? [pairs.join()] : [])].join('/')}\``,
    envoy: 'accepts',
    ...nameplateOf(policy),
  });
}

function isForNamespace({ spec }: Attachable): boolean {
  const labels = Object.keys(spec?.selector?.matchLabels ?? {});
  return labels.length === 0 && spec?.targetRef === undefined && !spec?.targetRefs?.length;
}

function reportConflict(findings: Findings, about: Attachable | Gateway, why: string): void {
  findings.report({
    code: ISTIO_CODES.severalWorkloads,
    severity: 'error',
    message: `\`${nameOf(about)}\` is for another workload: ${why}`,
    hint: 'say which one to run: `--gateway NAME` or `--workload NAMESPACE/LABEL=VALUE,…`',
    envoy: 'accepts',
    ...nameplateOf(about),
  });
}

function reportMissing(name: string, gateways: readonly Gateway[], findings: Findings): void {
  const names = gateways.map(gatewayName).join(', ');
  findings.add({
    code: ISTIO_CODES.noGateway,
    severity: 'error',
    message: `\`${name}\` is not the name of one Gateway`,
    hint: names === '' ? 'the files have none' : `there are: ${names}`,
    envoy: 'accepts',
  });
}
