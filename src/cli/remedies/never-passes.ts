import type {
  JwtAuthentication,
  JwtRequirement,
  PerRouteConfig,
  RequirementRule,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { Step } from '../../base/index.ts';
import type { CompiledConnectionManager, Verdict } from '../../proxy/rehearsal/index.ts';
import { refusalIn, stepsOfKind, typeOf } from './deny-step.ts';
import type { Draft } from './draft.ts';
import type { KeyedWorld } from './keyed-world.ts';
import type { NextDrafts } from './next-drafts.ts';

/** Filters that reply to no request, a CORS preflight aside, in a way that lets it pass. */
const REFUSE_ONLY = new Set([
  'cors',
  'jwt_authn',
  'rbac',
  'header_to_metadata',
  'set_metadata',
  'local_ratelimit',
]);

/** Why no request passes where this one was refused, if that can be told from the configuration alone; else null. */
export function neverPasses(
  draft: Draft,
  { status, details, route: selected }: Verdict,
  root: Step,
  world: KeyedWorld,
  next: NextDrafts,
): string | null {
  const { filter, rule, route } = refusalIn(root);
  const manager = next.managerOf(draft);
  if (manager === null || selected === null || route === null) return null;
  if (!manager.filters.every(({ kind }) => REFUSE_ONLY.has(kind))) return null;
  if (filter === null) {
    return route.action.case === 'directResponse'
      ? `no request to this route passes: it replies ${status} itself`
      : null;
  }
  const missing = /Wrong_requirement_name:_(.*?)\._It/.exec(details)?.[1];
  if (missing !== undefined) {
    return `no request to this route passes: it asks for the requirement "${missing}", which there is not`;
  }
  const keyless = keylessRule(filter, rule, world);
  if (keyless !== null) return keyless;
  return policiesRefuseAll(filter, refusalIn(root), manager, next);
}

function policiesRefuseAll(
  filter: Step,
  refusal: ReturnType<typeof refusalIn>,
  manager: CompiledConnectionManager,
  next: NextDrafts,
): string | null {
  if (next.policyAlternatives(refusal, manager)?.length !== 0) return null;
  const denying = stepsOfKind(filter, 'policy').find(({ verdict }) => verdict === 'deny');
  return denying === undefined
    ? 'no request to this route passes: there is no policy that lets one in'
    : `no request to this route passes: DENY policy ${denying.text} matches every one`;
}

/** A requirement whose every way leads through a provider without a usable key. */
function keylessRule(filter: Step, rule: Step | null, world: KeyedWorld): string | null {
  const config = filter.origin as JwtAuthentication;
  if (rule === null || !typeOf(filter.origin).endsWith('.JwtAuthentication')) return null;
  const requirement = requirementOf(rule.origin as RequirementRule | PerRouteConfig, config);
  const blamed = requirement === undefined ? null : keyless(requirement, config, world);
  return blamed === null ? null : `no token passes here: provider ${blamed} has no key that verifies one`;
}

/** What a rule asks for, or a route in the rules' place. */
function requirementOf(
  origin: RequirementRule | PerRouteConfig,
  { requirementMap }: JwtAuthentication,
): JwtRequirement | undefined {
  const type = 'requirementType' in origin ? origin.requirementType : origin.requirementSpecifier;
  if (type.case === 'requires') return type.value;
  return type.case === 'requirementName' ? requirementMap[type.value] : undefined;
}

/** The provider that makes it so that nothing meets a requirement; null: something may. */
function keyless(
  { requiresType: type }: JwtRequirement,
  config: JwtAuthentication,
  world: KeyedWorld,
): string | null {
  const named = (name: string) => {
    const provider = config.providers[name];
    return provider !== undefined && world.isKeyless(provider) ? name : null;
  };
  switch (type.case) {
    case 'providerName':
      return named(type.value);
    case 'providerAndAudiences':
      return named(type.value.providerName);
    case 'requiresAny': {
      const members = type.value.requirements.map((member) => keyless(member, config, world));
      return members.length > 0 && !members.includes(null) ? (members[0] ?? null) : null;
    }
    case 'requiresAll':
      return (
        type.value.requirements.map((member) => keyless(member, config, world)).find((one) => one !== null) ??
        null
      );
    default:
      return null;
  }
}
