import type { CidrRange } from '#schema/envoy/config/core/v3/address_pb.js';
import type { Permission, Policy, Principal } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import { createIpRange } from '../../core/match/index.ts';
import type { ConnectionInfo } from '../../proxy/rehearsal/index.ts';
import { type Alternative, constant, product, type Slot, type SlotValue, union } from './constraint.ts';
import { expressionAlternatives } from './solve-expression.ts';
import {
  headerAlternatives,
  type MetadataWriters,
  metadataAlternatives,
  stringAlternatives,
} from './solve-matchers.ts';

/** What a policy's conditions are weighed with. */
export interface PolicyContext extends MetadataWriters {
  /** The part of the connection that no client chooses. */
  connection: Pick<ConnectionInfo, 'localAddress' | 'localPort'>;
}

/**
 * What has to be so for a policy to match, or not to. No alternative at all: whatever a client sends, it is not so. Every condition
 * counts as free that a client has a say in, so none is called impossible that is not.
 */
export function policyAlternatives(policy: Policy, want: boolean, context: PolicyContext): Alternative[] {
  const permissions = policy.permissions.map((one) => permissionAlternatives(one, want, context));
  const principals = policy.principals.map((one) => principalAlternatives(one, want, context));
  const parts = want ? [union(permissions), union(principals)] : [product(permissions), product(principals)];
  const expression = policy.condition;
  if (expression !== undefined) parts.push(expressionAlternatives(expression, want, context));
  return want ? product(parts) : union(parts);
}

function permissionAlternatives({ rule }: Permission, want: boolean, context: PolicyContext): Alternative[] {
  const each = (rules: readonly Permission[]) =>
    rules.map((one) => permissionAlternatives(one, want, context));
  const { connection } = context;
  switch (rule.case) {
    case 'any':
      return constant(want);
    case 'andRules':
      return want ? product(each(rule.value.rules)) : union(each(rule.value.rules));
    case 'orRules':
      return want ? union(each(rule.value.rules)) : product(each(rule.value.rules));
    case 'notRule':
      return permissionAlternatives(rule.value, !want, context);
    case 'header':
      return headerAlternatives(rule.value, want);
    case 'urlPath':
      return rule.value.rule.case === 'path'
        ? stringAlternatives({ kind: 'path' }, rule.value.rule.value, want)
        : constant(true);
    case 'metadata':
      return metadataAlternatives(rule.value, want, context);
    case 'destinationPort':
      return constant((connection.localPort === rule.value) === want);
    case 'destinationPortRange': {
      const { start, end } = rule.value;
      return constant((connection.localPort >= start && connection.localPort < end) === want);
    }
    case 'destinationIp':
      return constant(isInRange(connection.localAddress, rule.value) === want);
    case 'requestedServerName':
      return stringAlternatives({ kind: 'serverName' }, rule.value, want);
    default:
      return constant(true);
  }
}

function principalAlternatives(
  { identifier }: Principal,
  want: boolean,
  context: PolicyContext,
): Alternative[] {
  const each = (ids: readonly Principal[]) => ids.map((one) => principalAlternatives(one, want, context));
  switch (identifier.case) {
    case 'any':
      return constant(want);
    case 'andIds':
      return want ? product(each(identifier.value.ids)) : union(each(identifier.value.ids));
    case 'orIds':
      return want ? union(each(identifier.value.ids)) : product(each(identifier.value.ids));
    case 'notId':
      return principalAlternatives(identifier.value, !want, context);
    case 'header':
      return headerAlternatives(identifier.value, want);
    case 'urlPath':
      return identifier.value.rule.case === 'path'
        ? stringAlternatives({ kind: 'path' }, identifier.value.rule.value, want)
        : constant(true);
    case 'metadata':
      return metadataAlternatives(identifier.value, want, context);
    case 'sourceIp':
    case 'directRemoteIp':
      return addressAlternatives({ kind: 'peer' }, identifier.value, want);
    case 'remoteIp':
      return union([
        addressAlternatives({ kind: 'peer' }, identifier.value, want),
        addressAlternatives({ kind: 'forwarded' }, identifier.value, want),
      ]);
    case 'authenticated': {
      const name = identifier.value.principalName;
      if (name !== undefined) return stringAlternatives({ kind: 'certificate' }, name, want);
      return [[{ slot: { kind: 'tls' }, test: (tls) => tls === want, atoms: [], candidates: () => [want] }]];
    }
    default:
      return constant(true);
  }
}

/** Addresses for documents (RFC 5737), and this machine's. */
const ELSEWHERE = ['198.51.100.7', '127.0.0.1', '2001:db8::7'];

function addressAlternatives(
  slot: Slot,
  { addressPrefix, prefixLen }: CidrRange,
  want: boolean,
): Alternative[] {
  const range = createIpRange(addressPrefix, prefixLen);
  if (range === null) return constant(true);
  const test = (value: SlotValue) => (typeof value === 'string' && range.contains(value)) === want;
  return [[{ slot, test, atoms: [], candidates: () => [addressPrefix, ...ELSEWHERE] }]];
}

function isInRange(address: string, { addressPrefix, prefixLen }: CidrRange): boolean {
  return createIpRange(addressPrefix, prefixLen)?.contains(address) === true;
}
