import type {
  JwtAuthentication,
  JwtProvider,
  JwtRequirement,
  RequirementRule,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { isTooLongJwks, parseJwks, statusText } from '../../../core/jwt/index.ts';
import { nodeCrypto } from '../../../platform/index.ts';
import { renderNames } from '../decode/render-names.ts';
import type { CheckContext } from './check-context.ts';
import { checkRemoteJwks } from './check-remote-jwks.ts';

/** Everything that Envoy looks at when the filter is loaded (envoy.md §1.7). */
export function checkJwtAuthn(config: JwtAuthentication, context: CheckContext): void {
  for (const [name, provider] of Object.entries(config.providers)) checkProvider(name, provider, context);
  for (const requirement of Object.values(config.requirementMap))
    checkRequirement(requirement, config, context);
  const names = Object.keys(config.requirementMap).sort();
  for (const rule of config.rules) checkRule(rule, names, config, context);
  for (const requirement of Object.values(config.filterStateRules?.requires ?? {}))
    checkRequirement(requirement, config, context);
}

function checkProvider(name: string, provider: JwtProvider, context: CheckContext): void {
  const source = provider.jwksSourceSpecifier;
  if (source.case === 'remoteJwks') checkRemoteJwks(name, source.value, context);
  if (source.case === 'localJwks') checkLocal(name, provider, context);
  for (const entry of provider.claimToHeaders) {
    if ((entry.claimName !== '') !== entry.claimPath.length > 0) continue;
    if (context.isBroken(entry, 'claim_name') || context.isBroken(entry, 'claim_path')) continue;
    context.complain({
      code: 'badClaimToHeader',
      message: `provider \`${name}\` has a claim_to_headers entry for header \`${entry.headerName}\` which does not set exactly one of claim_name and claim_path`,
      about: entry,
    });
  }
}

/** Empty text loads, and leaves a provider that verifies nothing. */
function checkLocal(name: string, provider: JwtProvider, context: CheckContext): void {
  const source = provider.jwksSourceSpecifier;
  if (source.case !== 'localJwks') return;
  const { specifier } = source.value;
  if (specifier.case !== 'inlineString' && specifier.case !== 'inlineBytes') return;
  const text = specifier.case === 'inlineString' ? specifier.value : Buffer.from(specifier.value).toString();
  // One that is too long for jotgate alone is told by who compiles it.
  if (text === '' || isTooLongJwks(text)) return;
  const parsed = parseJwks(text, nodeCrypto);
  if (typeof parsed !== 'number') return;
  context.complain({
    code: 'badLocalJwks',
    message: `provider \`${name}\` in jwt_authn config has invalid local jwks: ${statusText(parsed)}`,
    about: source.value,
  });
}

function checkRule(
  rule: RequirementRule,
  names: readonly string[],
  config: JwtAuthentication,
  context: CheckContext,
): void {
  const type = rule.requirementType;
  if (type.case === 'requires') checkRequirement(type.value, config, context);
  if (type.case !== 'requirementName' || type.value === '') return;
  if (Object.hasOwn(config.requirementMap, type.value) || context.isBroken(config, 'requirement_map')) return;
  const meant = context.guess(type.value, () => names);
  context.complain({
    code: 'unknownRequirementName',
    message: `wrong requirement_name: \`${type.value}\`; it should be one of ${renderNames(names)}`,
    hint: meant === undefined ? undefined : `did you mean \`${meant}\`?`,
    about: rule,
    field: 'requirement_name',
  });
}

function checkRequirement(
  requirement: JwtRequirement,
  config: JwtAuthentication,
  context: CheckContext,
): void {
  const type = requirement.requiresType;
  switch (type.case) {
    case 'providerName':
      checkProviderName(type.value, requirement, config, context);
      break;
    case 'providerAndAudiences':
      checkProviderName(type.value.providerName, type.value, config, context);
      break;
    case 'requiresAny':
    case 'requiresAll':
      for (const member of type.value.requirements) checkRequirement(member, config, context);
      break;
    default:
  }
}

function checkProviderName(
  name: string,
  about: object,
  config: JwtAuthentication,
  context: CheckContext,
): void {
  if (Object.hasOwn(config.providers, name)) return;
  if (context.isBroken(config, 'providers') || context.isBroken(about, 'provider_name')) return;
  const meant = context.guess(name, () => Object.keys(config.providers));
  context.complain({
    code: 'unknownProvider',
    message: `required provider \`${name}\` is not configured`,
    hint: meant === undefined ? undefined : `did you mean \`${meant}\`?`,
    about,
    field: 'provider_name',
  });
}
