import type { AuthorizationPolicy } from '#schema/istio/security_pb.js';
import { nameOf, namespaceOf } from '../identity.ts';

/** The key of a rule's RBAC policy, as istiod names it. */
export function policyName(policy: AuthorizationPolicy, rule: number): string {
  return `ns[${namespaceOf(policy)}]-policy[${nameOf(policy)}]-rule[${rule}]`;
}
