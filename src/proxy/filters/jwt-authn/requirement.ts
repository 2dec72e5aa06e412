import type { JwtRequirement } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { lowerAscii } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import type { Authenticator } from './authenticator.ts';
import { AllVerifier, AnyVerifier, allowAll } from './group-verifiers.ts';
import { compileLocations } from './locations.ts';
import { refuseBadName } from './outputs.ts';
import { compileAudiences, type Provider } from './provider.ts';
import { ExtractOnlyVerifier, type Leniency, TokenVerifier, type Verifier } from './verifier.ts';

const DEFAULT_STATUS_HEADER = 'x-jwt-signature-verified';

/** Compiles the requirements of one filter. */
export class RequirementCompiler {
  readonly #providers: ReadonlyMap<string, Provider>;
  readonly #authenticator: Authenticator;
  readonly #findings: Findings;
  readonly #fallback: Provider | null;

  constructor(providers: ReadonlyMap<string, Provider>, authenticator: Authenticator, findings: Findings) {
    this.#providers = providers;
    this.#authenticator = authenticator;
    this.#findings = findings;
    this.#fallback = providers.size === 1 ? ([...providers.values()][0] as Provider) : null;
  }

  compile(requirement: JwtRequirement): Verifier {
    const { requiresType: type } = requirement;
    switch (type.case) {
      case 'providerName':
        return this.#named(type.value, null, requirement);
      case 'providerAndAudiences':
        return this.#named(type.value.providerName, type.value.audiences, type.value);
      case 'requiresAny':
        return this.#any(type.value.requirements, requirement);
      case 'requiresAll':
        return new AllVerifier(
          type.value.requirements.map((member) => this.compile(member)),
          requirement,
        );
      case 'allowMissing':
        return this.#unnamed('allow-missing', requirement);
      case 'allowMissingOrFailed':
        return this.#unnamed('allow-missing-or-failed', requirement);
      case 'extractOnlyWithoutValidation': {
        const header = lowerAscii(type.value.verificationStatusHeader || DEFAULT_STATUS_HEADER);
        const where = { about: type.value, field: 'verification_status_header' };
        refuseBadName(header, 'says whether a token verified', where, this.#findings);
        return new ExtractOnlyVerifier(this.#unnamed('allow-missing', requirement), header);
      }
      case undefined:
        return allowAll;
    }
  }

  /** An empty list of audiences leaves the provider's own. */
  #named(name: string, audiences: readonly string[] | null, about: object): Verifier {
    const provider = this.#providers.get(name);
    if (provider === undefined) {
      this.#findings.report({
        code: 'E203',
        severity: 'error',
        message: `Required provider ['${name}'] is not configured.`,
        envoy: 'refuses',
        about,
        field: 'provider_name',
      });
      return allowAll;
    }
    const target = {
      provider,
      byIssuer: () => provider,
      audiences: audiences === null || audiences.length === 0 ? null : compileAudiences(audiences),
      fallback: this.#fallback,
    };
    const { locations, outputs } = provider;
    return new TokenVerifier(
      name,
      this.#authenticator,
      target,
      locations,
      outputs.headerNames,
      'strict',
      provider.origin,
    );
  }

  /** The lenient members are flags of the list, unless nothing else is in it (envoy.md §2.6). */
  #any(requirements: readonly JwtRequirement[], origin: object): Verifier {
    const isFlag = ({ requiresType: { case: kind } }: JwtRequirement) =>
      kind === 'allowMissing' || kind === 'allowMissingOrFailed';
    const missing = requirements.some(({ requiresType }) => requiresType.case === 'allowMissing');
    const failed = requirements.some(({ requiresType }) => requiresType.case === 'allowMissingOrFailed');
    const members = requirements.filter((requirement) => !isFlag(requirement));
    if (members.length === 0)
      return this.#unnamed(failed ? 'allow-missing-or-failed' : 'allow-missing', origin);
    return new AnyVerifier(
      members.map((member) => this.compile(member)),
      { missing, failed },
      origin,
    );
  }

  /** Looks at every provider's places; a token belongs to the first provider of its issuer, or of any. */
  #unnamed(leniency: Leniency, origin: object): Verifier {
    const providers = [...this.#providers.values()];
    const firstOf = new Map(providers.toReversed().map((provider) => [provider.issuer, provider]));
    const byIssuer = (issuer: string) => firstOf.get(issuer) ?? firstOf.get('') ?? null;
    return new TokenVerifier(
      leniency === 'allow-missing' ? 'allow missing' : 'allow missing or failed',
      this.#authenticator,
      { provider: null, byIssuer, audiences: null, fallback: this.#fallback },
      compileLocations(providers.map((provider) => provider.origin)),
      providers.flatMap((provider) => provider.outputs.headerNames),
      leniency,
      origin,
    );
  }
}
