import { type Gateway, ServerTls_Mode as Mode } from '#schema/istio/networking_pb.js';
import type { AuthorizationPolicy, Condition, Source } from '#schema/istio/security_pb.js';
import type { Findings } from '../../../resources/index.ts';
import { ISTIO_CODES } from '../codes.ts';

/** Fields that ask who a client's certificate says it is, by their proto names. */
const POSITIVE = {
  principals: 'principals',
  namespaces: 'namespaces',
  service_accounts: 'serviceAccounts',
  trust_domains: 'trustDomains',
} as const;
const NEGATIVE = {
  not_principals: 'notPrincipals',
  not_namespaces: 'notNamespaces',
  not_service_accounts: 'notServiceAccounts',
  not_trust_domains: 'notTrustDomains',
} as const;
const CONDITIONS = new Set([
  'source.principal',
  'source.namespace',
  'source.serviceAccount',
  'source.trustDomain',
]);

/** Who asks for a mesh identity where no client is asked for a certificate gets the answer that nobody has one (istio.md §1.7). */
export function lintIdentities(
  gateways: readonly Gateway[],
  policies: readonly AuthorizationPolicy[],
  findings: Findings,
): void {
  if (gateways.some(asksForCertificates)) return;
  const where = gateways.length > 0 ? 'no server of this gateway' : 'nothing here';
  const report = (about: object, field: string, name: string, outcome: string) =>
    findings.report({
      code: ISTIO_CODES.identityUnknown,
      severity: 'warning',
      message: `\`${name}\` ${outcome}: ${where} asks clients for a certificate`,
      hint: 'a Gateway with `tls: {mode: MUTUAL}` asks for one; its URI name `spiffe://…` is the principal',
      envoy: 'accepts',
      about,
      field,
    });
  for (const { from, when } of policies.flatMap(({ spec }) => spec?.rules ?? [])) {
    for (const { source } of from) if (source !== undefined) lintSource(source, report);
    for (const condition of when) lintCondition(condition, report);
  }
}

type Report = (about: object, field: string, name: string, outcome: string) => void;

const NEVER = 'never matches';
const ALWAYS = 'always matches';

function lintSource(source: Source, report: Report): void {
  for (const [field, name] of Object.entries(POSITIVE)) {
    if (source[name].length > 0) report(source, field, name, NEVER);
  }
  for (const [field, name] of Object.entries(NEGATIVE)) {
    if (source[name].length > 0) report(source, field, name, ALWAYS);
  }
}

function lintCondition(condition: Condition, report: Report): void {
  if (!CONDITIONS.has(condition.key)) return;
  report(condition, 'key', condition.key, condition.values.length > 0 ? NEVER : ALWAYS);
}

function asksForCertificates({ spec }: Gateway): boolean {
  return (
    spec?.servers.some(({ tls }) => tls?.mode === Mode.MUTUAL || tls?.mode === Mode.OPTIONAL_MUTUAL) === true
  );
}
