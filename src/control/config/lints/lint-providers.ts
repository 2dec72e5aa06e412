import type {
  JwtAuthentication,
  JwtRequirement,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { CheckContext } from '../checks/check-context.ts';
import type { JwtFilter } from './jwt-filters.ts';

/** How a filter's requirements use its providers. */
interface ProviderUses {
  /** Names that some requirement uses. */
  used: Set<string>;
  /** Names that some requirement uses without an audience list of its own. */
  withoutAudiences: Set<string>;
  /** A requirement is for all of them, without audiences of its own. */
  all: boolean;
}

/** L21 and L22: a provider that takes any audience, a provider that nothing uses. */
export function lintProviders({ jwt }: JwtFilter, context: CheckContext): void {
  const uses = usesOf(jwt);
  for (const [name, provider] of Object.entries(jwt.providers)) {
    const field = `providers[${name}]`;
    if (!uses.all && !uses.used.has(name)) complainOfUnused(name, field, jwt, context);
    else if (provider.audiences.length === 0 && (uses.all || uses.withoutAudiences.has(name))) {
      if (!context.isBroken(provider, 'audiences')) complainOfAudience(name, field, jwt, context);
    }
  }
}

function complainOfUnused(name: string, field: string, jwt: JwtAuthentication, context: CheckContext): void {
  context.complain({
    code: 'unusedProvider',
    severity: 'warning',
    message: `no rule uses provider \`${name}\`, so it verifies nothing`,
    hint: `add a rule with \`requires: {provider_name: ${name}}\``,
    about: jwt,
    field,
    envoy: 'accepts',
  });
}

function complainOfAudience(
  name: string,
  field: string,
  jwt: JwtAuthentication,
  context: CheckContext,
): void {
  context.complain({
    code: 'noAudiences',
    severity: 'warning',
    message: `provider \`${name}\` has no \`audiences\`: a token that its issuer made for another client passes, and an ID token too`,
    hint: 'add `audiences: [<this API>]`',
    about: jwt,
    field,
    envoy: 'accepts',
  });
}

function usesOf(jwt: JwtAuthentication): ProviderUses {
  const uses: ProviderUses = { used: new Set(), withoutAudiences: new Set(), all: false };
  const requirements = [
    ...jwt.rules.flatMap(({ requirementType: type }) => (type.case === 'requires' ? [type.value] : [])),
    ...Object.values(jwt.requirementMap),
    ...Object.values(jwt.filterStateRules?.requires ?? {}),
  ];
  for (const requirement of requirements) collectUses(requirement, uses);
  return uses;
}

function collectUses({ requiresType: type }: JwtRequirement, uses: ProviderUses): void {
  switch (type.case) {
    case 'providerName':
      uses.used.add(type.value);
      uses.withoutAudiences.add(type.value);
      break;
    case 'providerAndAudiences':
      uses.used.add(type.value.providerName);
      if (type.value.audiences.length === 0) uses.withoutAudiences.add(type.value.providerName);
      break;
    case 'requiresAny':
    case 'requiresAll':
      for (const member of type.value.requirements) collectUses(member, uses);
      break;
    case undefined:
      break;
    default:
      uses.all = true;
  }
}
