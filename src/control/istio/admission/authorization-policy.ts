import {
  AuthorizationPolicySpec_Action as Action,
  AuthorizationPolicySpec_ActionSchema as ActionSchema,
  type AuthorizationPolicy,
  type AuthorizationPolicySpec,
  type Operation,
  type Rule,
  type Source,
} from '#schema/istio/security_pb.js';
import { dryRunOf } from '../identity.ts';
import { admitCondition, judgeEach, judgeIp, judgePort } from './condition.ts';
import type { Faults } from './fault.ts';
import { pathTemplateProblem } from './path-template.ts';
import { admitTarget } from './target.ts';

const LIST_MAX = 512;
const SERVICE_ACCOUNTS_MAX = 16;
const SERVICE_ACCOUNT_LENGTH_MAX = 320;

/** Istio's own checks of an AuthorizationPolicy (istio.md §1.3 to §1.5, §2.9). */
export function admitAuthorizationPolicy(object: AuthorizationPolicy, faults: Faults): void {
  const { spec } = object;
  const action = spec?.action ?? Action.ALLOW;
  admitDryRun(object, action, faults);
  if (spec === undefined) return;
  admitTarget(spec, faults);
  admitProvider(spec, faults);
  const { rules } = spec;
  if (rules.length > LIST_MAX) faults.schema(spec, 'rules', `more than ${LIST_MAX} rules`);
  if (rules.length === 0 && (action === Action.DENY || action === Action.CUSTOM)) {
    const hint = 'write `rules: [{}]` to match everything';
    faults.webhook(
      spec,
      'action',
      `a ${ActionSchema.value[action].name} policy without rules does nothing`,
      hint,
    );
  }
  for (const rule of rules) admitRule(rule, action === Action.CUSTOM, faults);
  if (action === Action.DENY) warnOfTcp(spec, faults);
}

function admitDryRun(object: AuthorizationPolicy, action: Action, faults: Faults): void {
  const annotations = object.metadata?.annotations ?? {};
  const text = annotations['istio.io/dry-run'];
  if (text === undefined || object.metadata === undefined) return;
  const field = 'annotations[istio.io/dry-run]';
  if (dryRunOf(object) === null) {
    faults.webhook(object.metadata, field, `\`${text}\` is neither \`true\` nor \`false\``);
  } else if (action === Action.AUDIT || action === Action.CUSTOM) {
    faults.webhook(object.metadata, field, 'only ALLOW and DENY policies have a dry run');
  }
}

function admitProvider(spec: AuthorizationPolicySpec, faults: Faults): void {
  const { action, provider } = spec;
  if (action === Action.CUSTOM) {
    if (!provider?.name) faults.webhook(spec, 'action', 'a CUSTOM policy needs a `provider` with a name');
  } else if (provider !== undefined) {
    faults.webhook(spec, 'provider', '`provider` is for CUSTOM policies only');
  }
}

function admitRule(rule: Rule, custom: boolean, faults: Faults): void {
  if (rule.from.length > LIST_MAX) faults.schema(rule, undefined, `more than ${LIST_MAX} sources`);
  for (const from of rule.from) {
    if (from.source === undefined || listsOf(from.source).every(([, list]) => list.length === 0)) {
      faults.webhook(from, 'source', 'an empty source', 'leave `from` out to take any');
    } else {
      admitSource(from.source, custom, faults);
    }
  }
  for (const to of rule.to) {
    if (to.operation === undefined || listsOf(to.operation).every(([, list]) => list.length === 0)) {
      faults.webhook(to, 'operation', 'an empty operation', 'leave `to` out to take any');
    } else {
      admitOperation(to.operation, faults);
    }
  }
  for (const condition of rule.when) admitCondition(condition, custom, faults);
}

/** Every list of a source or an operation with its proto name. */
function listsOf(message: Source | Operation): [string, string[]][] {
  return Object.entries(message)
    .filter((entry): entry is [string, string[]] => Array.isArray(entry[1]))
    .map(([name, list]) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), list]);
}

function noneEmpty(message: Source | Operation, faults: Faults): void {
  for (const [name, list] of listsOf(message)) {
    judgeEach(message, name, list, (value) => (value === '' ? 'an empty entry' : null), faults);
  }
}

function admitSource(source: Source, custom: boolean, faults: Faults): void {
  noneEmpty(source, faults);
  const lists = new Map(listsOf(source));
  const present = (...names: string[]) =>
    names.find((name) => lists.get(name)?.length || lists.get(`not_${name}`)?.length);
  for (const name of ['ip_blocks', 'not_ip_blocks', 'remote_ip_blocks', 'not_remote_ip_blocks']) {
    judgeEach(source, name, written(lists, name), judgeIp, faults);
  }
  for (const name of ['trust_domains', 'not_trust_domains']) {
    judgeEach(source, name, written(lists, name), judgeTrustDomain, faults);
  }
  admitServiceAccounts(source, present('principals', 'namespaces') !== undefined, faults);
  const identity = present(
    'principals',
    'request_principals',
    'namespaces',
    'service_accounts',
    'trust_domains',
  );
  if (custom && identity !== undefined) {
    faults.webhook(source, identity, `\`${identity}\` cannot be asked for by a CUSTOM policy`);
  }
}

function written(lists: ReadonlyMap<string, string[]>, name: string): string[] {
  return (lists.get(name) ?? []).filter((value) => value !== '');
}

function judgeTrustDomain(value: string): string | null {
  const stars = value.split('*').length - 1;
  if (stars > 1 || (stars === 1 && !value.startsWith('*') && !value.endsWith('*'))) {
    return `\`${value}\`: a star stands only at the start or the end`;
  }
  return value.includes('/') ? `\`${value}\`: a trust domain has no slash` : null;
}

function admitServiceAccounts(source: Source, otherIdentity: boolean, faults: Faults): void {
  const { serviceAccounts, notServiceAccounts } = source;
  if (serviceAccounts.length === 0 && notServiceAccounts.length === 0) return;
  if (otherIdentity) {
    faults.both(
      source,
      'service_accounts',
      '`serviceAccounts` cannot stand beside `principals` or `namespaces`',
    );
  }
  for (const [field, list] of [
    ['service_accounts', serviceAccounts],
    ['not_service_accounts', notServiceAccounts],
  ] as const) {
    if (list.length > SERVICE_ACCOUNTS_MAX) {
      faults.schema(source, field, `more than ${SERVICE_ACCOUNTS_MAX} service accounts`);
    }
    judgeEach(source, field, list, judgeServiceAccount, faults);
  }
}

function judgeServiceAccount(value: string): string | null {
  if (value.length > SERVICE_ACCOUNT_LENGTH_MAX) return 'a service account is at most 320 characters long';
  if (value.includes('*')) return `\`${value}\`: service accounts have no wildcards`;
  return /^(?:[^/]+\/)?[^/]+$/.test(value) ? null : `\`${value}\` is not of the form \`namespace/account\``;
}

function admitOperation(operation: Operation, faults: Faults): void {
  noneEmpty(operation, faults);
  judgeEach(operation, 'ports', operation.ports.filter(Boolean), judgePort, faults);
  judgeEach(operation, 'not_ports', operation.notPorts.filter(Boolean), judgePort, faults);
  const judgePath = (path: string) => {
    const problem = pathTemplateProblem(path);
    return problem === null ? null : `\`${path}\`: ${problem}`;
  };
  judgeEach(operation, 'paths', operation.paths, judgePath, faults);
  judgeEach(operation, 'not_paths', operation.notPaths, judgePath, faults);
}

/** A DENY rule of nothing but HTTP denies all of a TCP port: what it cannot look at there is left out. */
function warnOfTcp(spec: AuthorizationPolicySpec, faults: Faults): void {
  const message = 'this rule denies all traffic of TCP ports, where nothing of HTTP can be looked at';
  for (const rule of spec.rules.filter(deniesTcp)) {
    faults.warn(rule, undefined, message, 'name the `ports` that it is for');
  }
}

function deniesTcp({ from, to }: Rule): boolean {
  if (to.length > 0) {
    return !to.some(({ operation }) => operation?.ports.length || operation?.notPorts.length);
  }
  return from.length > 0 && !from.some(({ source }) => source !== undefined && looksAtConnection(source));
}

function looksAtConnection(source: Source): boolean {
  return listsOf(source).some(
    ([name, list]) => list.length > 0 && !/request_principals|trust_domains/.test(name),
  );
}
