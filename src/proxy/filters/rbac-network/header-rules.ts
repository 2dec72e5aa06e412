import type { Permission, Principal, RBAC } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { Refuse } from '../../../core/match/index.ts';

/** A connection has no headers, and Envoy refuses rules about them, however deep they are. */
export function refuseHeaderRules({ policies }: RBAC, refuse: Refuse): void {
  for (const { permissions, principals } of Object.values(policies)) {
    for (const permission of permissions) visitPermission(permission, refuse);
    for (const principal of principals) visitPrincipal(principal, refuse);
  }
}

const refuseHeader = (about: object, refuse: Refuse) =>
  refuse('a network filter has no headers to match by', about, 'header');

function visitPermission(permission: Permission, refuse: Refuse): void {
  const { rule } = permission;
  if (rule.case === 'header') refuseHeader(permission, refuse);
  if (rule.case === 'notRule') visitPermission(rule.value, refuse);
  if (rule.case !== 'andRules' && rule.case !== 'orRules') return;
  for (const member of rule.value.rules) visitPermission(member, refuse);
}

function visitPrincipal(principal: Principal, refuse: Refuse): void {
  const { identifier } = principal;
  if (identifier.case === 'header') refuseHeader(principal, refuse);
  if (identifier.case === 'notId') visitPrincipal(identifier.value, refuse);
  if (identifier.case !== 'andIds' && identifier.case !== 'orIds') return;
  for (const member of identifier.value.ids) visitPrincipal(member, refuse);
}
