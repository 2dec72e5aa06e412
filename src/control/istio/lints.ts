import {
  AuthorizationPolicySpec_Action as Action,
  type AuthorizationPolicy,
  type Condition,
  type Rule,
} from '#schema/istio/security_pb.js';
import type { Findings } from '../../resources/index.ts';
import { CLAIMS_PREFIX, namesInNestedBrackets } from './authz/condition-key.ts';
import { nameOf, nameplateOf } from './identity.ts';
import type { IstioObjects } from './translate-policies.ts';

/** Traps that Istio takes without a word (users.md L06, L07, L09, L10). `objects` are those that apply to one workload. */
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
