import {
  AuthorizationPolicySpec_Action as Action,
  type AuthorizationPolicy,
  type Condition,
  type JWTRule,
  type Rule,
} from '#schema/istio/security_pb.js';
import type { Findings } from '../../resources/index.ts';
import { issuerMismatch } from '../config/index.ts';
import { CLAIMS_PREFIX, namesInNestedBrackets } from './authz/condition-key.ts';
import { nameOf, nameplateOf } from './identity.ts';
import { lintHosts } from './lint-hosts.ts';
import type { IstioObjects } from './translate-policies.ts';

/** Traps that Istio takes without a word (L05 to L10, L28). `objects` are those that apply to one workload. */
export function lintIstio(objects: IstioObjects, findings: Findings): void {
  const rules = objects.requestAuthentications.flatMap(({ spec }) => spec?.jwtRules ?? []);
  const asking = objects.authorizationPolicies.filter(asksForToken);
  const [first] = rules;
  if (first !== undefined && asking.length === 0) {
    const message = 'requests without a token pass: a RequestAuthentication refuses bad tokens only';
    const hint = 'add an AuthorizationPolicy with `requestPrincipals: ["*"]`; a missing token then gives 403';
    warn(findings, 'L06', message, hint, first);
  }
  if (first !== undefined) lintOpenRules(objects.authorizationPolicies, findings);
  if (first === undefined) {
    for (const policy of asking) {
      const message = `\`${nameOf(policy)}\` asks for a token, and no RequestAuthentication verifies any: it sees none`;
      const { about, field } = nameplateOf(policy);
      warn(findings, 'L09', message, 'add a RequestAuthentication for the same workload', about, field);
    }
  }
  for (const rule of rules) lintIssuer(rule, findings);
  for (const { spec } of objects.authorizationPolicies) {
    for (const rule of spec?.rules ?? []) {
      lintTcpPorts(rule, spec?.action, findings);
      lintHosts(rule, spec?.action, findings);
    }
  }
  for (const { when } of objects.authorizationPolicies.flatMap(({ spec }) => spec?.rules ?? [])) {
    for (const condition of when) lintClaim(condition, findings);
  }
}

function asksForToken({ spec }: AuthorizationPolicy): boolean {
  return spec?.rules.some(ruleAsksForToken) ?? false;
}

function ruleAsksForToken({ from, when }: Rule): boolean {
  return (
    from.some(({ source }) => source?.requestPrincipals.length || source?.notRequestPrincipals.length) ||
    when.some(({ key }) => key.startsWith('request.auth.'))
  );
}

/** A path that is open to all is not open to those who send a bad token. */
function lintOpenRules(policies: readonly AuthorizationPolicy[], findings: Findings): void {
  for (const { spec } of policies) {
    if (spec?.action !== Action.ALLOW) continue;
    for (const rule of spec.rules) {
      const limited = rule.to.some(({ operation }) => operation?.paths.length);
      if (!limited || ruleAsksForToken(rule)) continue;
      const message = 'these paths need no token, yet a bad token is refused on them too, with 401';
      const hint = 'a RequestAuthentication cannot be limited to paths';
      warn(findings, 'L07', message, hint, rule);
    }
  }
}

function lintIssuer(rule: JWTRule, findings: Findings): void {
  const { issuer = '', jwksUri = '' } = rule;
  const own = issuerMismatch(issuer, jwksUri);
  if (own === undefined) return;
  const message = `the issuer is \`${issuer}\` and the keys come from \`${own}\`, whose tokens say that`;
  const hint = `write \`issuer: ${own}\`: it must equal the token's \`iss\` letter for letter`;
  warn(findings, 'L05', message, hint, rule, 'issuer');
}

/** Ports at which everyone knows that no HTTP is spoken. */
const TCP_PORTS: ReadonlyMap<string, string> = new Map([
  ['22', 'SSH'],
  ['25', 'SMTP'],
  ['1433', 'SQL Server'],
  ['1521', 'Oracle'],
  ['3306', 'MySQL'],
  ['5432', 'PostgreSQL'],
  ['5672', 'AMQP'],
  ['6379', 'Redis'],
  ['9042', 'Cassandra'],
  ['9092', 'Kafka'],
  ['11211', 'memcached'],
  ['27017', 'MongoDB'],
]);

/** What only HTTP has, asked for at a port that does not speak it. */
function lintTcpPorts(rule: Rule, action: Action | undefined, findings: Findings): void {
  const asksForHttp = ruleAsksForToken(rule) || rule.when.some(({ key }) => key.startsWith('request.'));
  for (const { operation } of rule.to) {
    if (operation === undefined) continue;
    const { ports, methods, notMethods, paths, notPaths, hosts, notHosts } = operation;
    const fields = [methods, notMethods, paths, notPaths, hosts, notHosts];
    if (!asksForHttp && fields.every((field) => field.length === 0)) continue;
    for (const [index, port] of ports.entries()) {
      const protocol = TCP_PORTS.get(port);
      if (protocol === undefined) continue;
      const outcome =
        action === Action.DENY
          ? 'the rule denies everything there'
          : 'the rule is dropped and lets nothing in';
      const message = `port ${port} is ${protocol}'s, and this rule asks for what only HTTP has: ${outcome}`;
      warn(findings, 'L08', message, 'write a rule of its own for the port', operation, `ports[${index}]`);
    }
  }
}

function lintClaim(condition: Condition, findings: Findings): void {
  if (!condition.key.startsWith(CLAIMS_PREFIX)) return;
  const names = namesInNestedBrackets(condition.key.slice(CLAIMS_PREFIX.length)) ?? [];
  const dotted = names.find((name) => /^[\w-]+(?:\.[\w-]+)+$/.test(name));
  if (dotted !== undefined) {
    const hint = `a nested claim is written ${dotted
      .split('.')
      .map((name) => `[${name}]`)
      .join('')}`;
    warn(findings, 'L10', `\`${dotted}\` is one claim with dots in its name`, hint, condition, 'key');
  }
  for (const [field, values] of [
    ['values', condition.values],
    ['not_values', condition.notValues],
  ] as const) {
    for (const [index, value] of values.entries()) {
      if (!/^(?:true|false|-?\d+(?:\.\d+)?)$/.test(value)) continue;
      const message = `\`${value}\` matches the string "${value}" only, never a number or a boolean`;
      warn(
        findings,
        'L10',
        message,
        'put the claim into the token as a string',
        condition,
        `${field}[${index}]`,
      );
    }
  }
}

function warn(
  findings: Findings,
  code: string,
  message: string,
  hint: string,
  about: object,
  field?: string,
): void {
  findings.report({
    code,
    severity: 'warning',
    message,
    hint,
    envoy: 'accepts',
    about,
    ...(field === undefined ? {} : { field }),
  });
}
