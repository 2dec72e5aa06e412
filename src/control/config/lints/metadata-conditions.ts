import type { Permission, Policy, Principal } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { RBAC } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import type { MetadataMatcher } from '#schema/envoy/type/matcher/v3/metadata_pb.js';

export const RBAC_FILTER = 'envoy.extensions.filters.http.rbac.v3.RBAC';

/** Every test of metadata in the policies of a filter, enforced or shadow. */
export function metadataConditionsOf({ rules, shadowRules }: RBAC): MetadataMatcher[] {
  return [...policiesOf(rules), ...policiesOf(shadowRules)].flatMap(({ permissions, principals }) => [
    ...permissions.flatMap(ofPermission),
    ...principals.flatMap(ofPrincipal),
  ]);
}

const policiesOf = (rules: RBAC['rules']): Policy[] => Object.values(rules?.policies ?? {});

function ofPermission({ rule }: Permission): MetadataMatcher[] {
  switch (rule.case) {
    case 'metadata':
      return [rule.value];
    case 'andRules':
    case 'orRules':
      return rule.value.rules.flatMap(ofPermission);
    case 'notRule':
      return ofPermission(rule.value);
    default:
      return [];
  }
}

function ofPrincipal({ identifier }: Principal): MetadataMatcher[] {
  switch (identifier.case) {
    case 'metadata':
      return [identifier.value];
    case 'andIds':
    case 'orIds':
      return identifier.value.ids.flatMap(ofPrincipal);
    case 'notId':
      return ofPrincipal(identifier.value);
    default:
      return [];
  }
}
