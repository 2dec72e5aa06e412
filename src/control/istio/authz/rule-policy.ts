import { create } from '@bufbuild/protobuf';
import {
  type Permission,
  type Policy,
  PolicySchema,
  type Principal,
} from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { Condition, Operation, Rule, Source } from '#schema/istio/security_pb.js';
import { type Value, valuesOf } from '../lineage.ts';
import {
  type Algebra,
  type Attribute,
  type Errors,
  type Generator,
  generateAll,
  type Target,
  Unfit,
} from './attribute.ts';
import { CLAIMS_PREFIX, CONDITION, ENVOY_FILTER_PREFIX, HEADER_PREFIX } from './condition-key.ts';
import * as to from './permission-attributes.ts';
import * as from from './principal-attributes.ts';
import { expandPrincipals, expandTrustDomains, type TrustDomains } from './trust-domains.ts';

/**
 * One rule of an AuthorizationPolicy as one Envoy RBAC policy: each `to` becomes a permission, each `from` a principal, and the
 * `when`s are part of every one of them (istio.md §2.6).
 * @returns the reason why the rule is dropped, where it is.
 */
export function buildRulePolicy(
  rule: Rule,
  domains: TrustDomains,
  target: Target,
  errors: Errors,
): Policy | Unfit {
  const when = splitConditions(rule.when, domains);
  if (when instanceof Unfit) return when;
  const permissions = generateEach(
    rule.to.map(({ operation }) => ({ owner: operation, attributes: operationAttributes(operation) })),
    when.permissions,
    { algebra: to.permissionAlgebra, target, errors, rule },
  );
  if (permissions instanceof Unfit) return permissions;
  const principals = generateEach(
    rule.from.map(({ source }) => ({ owner: source, attributes: sourceAttributes(source, domains) })),
    when.principals,
    { algebra: from.principalAlgebra, target, errors, rule },
  );
  if (principals instanceof Unfit) return principals;
  return target.lineage.inherit(create(PolicySchema, { permissions, principals }), rule);
}

interface Making<Matcher> {
  algebra: Algebra<Matcher>;
  target: Target;
  errors: Errors;
  rule: Rule;
}

function generateEach<Matcher extends object>(
  members: { owner: object | undefined; attributes: Attribute<Matcher>[] }[],
  when: Attribute<Matcher>[],
  { algebra, target, errors, rule }: Making<Matcher>,
): Matcher[] | Unfit {
  const alternatives = members.length > 0 ? members : [{ owner: undefined, attributes: [] }];
  const made: Matcher[] = [];
  for (const { owner, attributes } of alternatives) {
    const matcher = generateAll([...attributes, ...when], algebra, target, errors);
    if (matcher instanceof Unfit) return matcher;
    made.push(target.lineage.inherit(matcher, owner ?? rule));
  }
  return made;
}

function operationAttributes(operation: Operation | undefined): Attribute<Permission>[] {
  if (operation === undefined) return [];
  const { hosts, notHosts, methods, notMethods, paths, notPaths, ports, notPorts } = operation;
  const line = (generator: Generator<Permission>, name: string, yes: string[], no: string[]) =>
    attribute(generator, valuesOf(operation, name, yes), valuesOf(operation, `not_${name}`, no));
  return [
    line(to.hosts, 'hosts', hosts, notHosts),
    line(to.methods, 'methods', methods, notMethods),
    line(to.paths, 'paths', paths, notPaths),
    line(to.ports, 'ports', ports, notPorts),
  ];
}

function sourceAttributes(source: Source | undefined, domains: TrustDomains): Attribute<Principal>[] {
  if (source === undefined) return [];
  const line = (generator: Generator<Principal>, name: string, yes: string[], no: string[]) =>
    attribute(generator, valuesOf(source, name, yes), valuesOf(source, `not_${name}`, no));
  return [
    expanded(
      line(from.peerPrincipals, 'principals', source.principals, source.notPrincipals),
      expandPrincipals,
      domains,
    ),
    line(from.requestPrincipals, 'request_principals', source.requestPrincipals, source.notRequestPrincipals),
    line(from.serviceAccounts, 'service_accounts', source.serviceAccounts, source.notServiceAccounts),
    expanded(
      line(from.trustDomains, 'trust_domains', source.trustDomains, source.notTrustDomains),
      expandTrustDomains,
      domains,
    ),
    line(from.namespaces, 'namespaces', source.namespaces, source.notNamespaces),
    line(from.remoteIps, 'remote_ip_blocks', source.remoteIpBlocks, source.notRemoteIpBlocks),
    line(from.directRemoteIps, 'ip_blocks', source.ipBlocks, source.notIpBlocks),
  ];
}

function attribute<Matcher>(
  generator: Generator<Matcher>,
  values: Value[],
  notValues: Value[],
): Attribute<Matcher> {
  return { generator, values, notValues };
}

function expanded<Matcher>(
  { generator, values, notValues }: Attribute<Matcher>,
  expand: (values: readonly Value[], domains: TrustDomains) => Value[],
  domains: TrustDomains,
): Attribute<Matcher> {
  return attribute(generator, expand(values, domains), expand(notValues, domains));
}

interface SplitConditions {
  permissions: Attribute<Permission>[];
  principals: Attribute<Principal>[];
}

function splitConditions(conditions: readonly Condition[], domains: TrustDomains): SplitConditions | Unfit {
  const split: SplitConditions = { permissions: [], principals: [] };
  for (const condition of conditions) {
    const { key } = condition;
    const values = valuesOf(condition, 'values', condition.values);
    const notValues = valuesOf(condition, 'not_values', condition.notValues);
    const permission = permissionGenerator(key);
    if (permission !== null) {
      split.permissions.push(attribute(permission, values, notValues));
      continue;
    }
    const principal = principalGenerator(key);
    if (principal === null) return new Unfit(`unknown attribute \`${key}\``);
    const line = attribute(principal, values, notValues);
    split.principals.push(expandedBy(key, line, domains));
  }
  return split;
}

function expandedBy(key: string, line: Attribute<Principal>, domains: TrustDomains): Attribute<Principal> {
  if (key === CONDITION.sourcePrincipal) return expanded(line, expandPrincipals, domains);
  if (key === CONDITION.sourceTrustDomain) return expanded(line, expandTrustDomains, domains);
  return line;
}

function permissionGenerator(key: string): Generator<Permission> | null {
  if (key === CONDITION.destinationIp) return to.destinationIps;
  if (key === CONDITION.destinationPort) return to.ports;
  if (key === CONDITION.sni) return to.serverNames;
  return key.startsWith(ENVOY_FILTER_PREFIX) ? to.envoyFilterMetadata(key) : null;
}

const PRINCIPAL_CONDITIONS: ReadonlyMap<string, Generator<Principal>> = new Map([
  [CONDITION.sourceIp, from.directRemoteIps],
  [CONDITION.remoteIp, from.remoteIps],
  [CONDITION.sourceNamespace, from.namespaces],
  [CONDITION.sourceServiceAccount, from.serviceAccounts],
  [CONDITION.sourceTrustDomain, from.trustDomains],
  [CONDITION.sourcePrincipal, from.peerPrincipals],
  [CONDITION.requestPrincipal, from.requestPrincipals],
  [CONDITION.audiences, from.audiences],
  [CONDITION.presenter, from.presenters],
]);

function principalGenerator(key: string): Generator<Principal> | null {
  const known = PRINCIPAL_CONDITIONS.get(key);
  if (known !== undefined) return known;
  if (key.startsWith(HEADER_PREFIX)) return from.requestHeader(key);
  return key.startsWith(CLAIMS_PREFIX) ? from.claims(key) : null;
}
