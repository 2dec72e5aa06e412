import type { JwtRequirement } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { CheckContext } from '../checks/check-context.ts';
import type { JwtFilter } from './jwt-filters.ts';

/** L15: one of the alternatives is that the token is bad. */
export function lintRequirements({ jwt }: JwtFilter, context: CheckContext): void {
  for (const { requirementType: type } of jwt.rules) {
    if (type.case === 'requires') lintRequirement(type.value, context);
  }
  for (const requirement of Object.values(jwt.requirementMap)) lintRequirement(requirement, context);
}

function lintRequirement({ requiresType: type }: JwtRequirement, context: CheckContext): void {
  if (type.case !== 'requiresAny' && type.case !== 'requiresAll') return;
  for (const member of type.value.requirements) {
    if (type.case === 'requiresAny' && member.requiresType.case === 'allowMissingOrFailed') {
      context.complain({
        code: 'failedTokenPasses',
        severity: 'warning',
        message:
          '`allow_missing_or_failed` among the alternatives: an invalid token passes, an expired or forged one too',
        hint: 'write `allow_missing: {}`, which lets pass only who sends none',
        about: member,
        field: 'allow_missing_or_failed',
        envoy: 'accepts',
      });
    }
    lintRequirement(member, context);
  }
}
