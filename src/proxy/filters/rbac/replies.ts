import { withoutBlanks } from '../../details-text.ts';
import type { LocalReply } from '../filter.ts';

/** The one reply of this filter (envoy.md §7.2). */
export function denialReply(policy: string, beforeFilters: () => void): LocalReply {
  return {
    beforeFilters,
    status: 403,
    body: 'RBAC: access denied',
    headers: [],
    details: denialDetails(policy),
  };
}

/** `%RESPONSE_CODE_DETAILS%` of a denial: blanks in a policy's name are `_` (Envoy: rbac_filter.cc). */
export function denialDetails(policy: string): string {
  return `rbac_access_denied_matched_policy[${withoutBlanks(policy)}]`;
}
