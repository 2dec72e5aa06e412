import { AuthorizationPolicySpec_Action as Action, type Rule } from '#schema/istio/security_pb.js';
import type { Findings } from '../../resources/index.ts';

/**
 * L28: hosts are compared with the whole `Host` header, its port too, and a route takes the host with any port. So a rule by which
 * somebody is kept out, or asked about, has to name both (Istio's security best practices say the same).
 */
export function lintHosts({ to }: Rule, action: Action | undefined, findings: Findings): void {
  const field = action === Action.ALLOW ? 'not_hosts' : 'hosts';
  if (action === Action.AUDIT || action === undefined) return;
  for (const { operation } of to) {
    if (operation === undefined) continue;
    const hosts = field === 'hosts' ? operation.hosts : operation.notHosts;
    for (const [index, host] of hosts.entries()) {
      if (host.includes(':') || host.endsWith('*') || hosts.some((other) => takesPorts(other, host)))
        continue;
      findings.report({
        code: 'L28',
        severity: 'warning',
        message: `\`${host}\` is not \`Host: ${exampleOf(host)}:8080\`, which is on the same route and passes this rule by`,
        hint: host.startsWith('*')
          ? `add \`${host}:PORT\` for the ports that clients may name, or list the hosts, each with \`:*\``
          : `add \`${host}:*\``,
        envoy: 'accepts',
        about: operation,
        field: `${field}[${index}]`,
      });
    }
  }
}

const exampleOf = (host: string) => host.replace(/^\*\.?/, 'x.');

/** Whether an entry takes a host with a port behind it. */
function takesPorts(entry: string, host: string): boolean {
  const [one, two] = [entry.toLowerCase(), host.toLowerCase()];
  if (one.endsWith('*')) return `${two}:`.startsWith(one.slice(0, -1));
  return two.startsWith('*') && one.startsWith(`${two}:`);
}
