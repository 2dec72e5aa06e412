import type { RequirementRule } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { Recorder } from '../../../base/index.ts';
import { FirstMatchIndex, type Hint, type MatchedRequest, withoutQuery } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import type { RequestHead } from '../../http/request-head.ts';
import { compileRequestMatcher, type RequestMatcher } from '../../route/request-matcher.ts';
import { wrongNameText } from './replies.ts';
import type { RequirementCompiler } from './requirement.ts';
import type { Verifier } from './verifier.ts';

/** A compiled rule; without a requirement it lets requests pass. */
export class Rule {
  readonly index: number;
  readonly origin: RequirementRule;
  readonly matcher: RequestMatcher;
  readonly verifier: Verifier | null;
  readonly hint: Hint<MatchedRequest>;

  constructor(index: number, origin: RequirementRule, matcher: RequestMatcher, verifier: Verifier | null) {
    this.index = index;
    this.origin = origin;
    this.matcher = matcher;
    this.verifier = verifier;
    this.hint = matcher.hint;
  }

  accepts(path: string, request: MatchedRequest): boolean {
    return this.matcher.matches(path, request, null);
  }
}

/** The rules of a filter: the first that matches decides. */
export class RuleList {
  readonly #rules: FirstMatchIndex<MatchedRequest, Rule>;

  constructor(rules: readonly Rule[]) {
    this.#rules = new FirstMatchIndex(rules);
  }

  select(request: RequestHead, recorder: Recorder | null): Rule | null {
    const path = withoutQuery(request.path);
    const chosen = this.#rules.first(path, request);
    if (recorder !== null) this.#explain(chosen, path, request, recorder);
    return chosen;
  }

  /** A step for every rule that was passed over. The chosen one's step stays open for its requirement. */
  #explain(chosen: Rule | null, path: string, request: RequestHead, recorder: Recorder): void {
    for (const rule of this.#rules.entries) {
      const requires = rule.verifier === null ? 'requires nothing' : `requires ${rule.verifier.wants}`;
      recorder.open('rule', `rule[${rule.index}] ${rule.matcher.wants} ${requires}`, rule.origin);
      rule.matcher.matches(path, request, recorder);
      if (rule === chosen) return;
      recorder.close('no', 'does not match');
    }
  }
}

/** Compiles `rules`; one with an error is reported and left out. `requirements` are those of `requirement_map`. */
export function compileRules(
  rules: readonly RequirementRule[],
  requirements: ReadonlyMap<string, Verifier>,
  compiler: RequirementCompiler,
  findings: Findings,
): RuleList {
  const compiled = rules.map((rule, index) => {
    const matcher = rule.match === undefined ? null : compileRequestMatcher(rule.match, 'rule', findings);
    const verifier = compileRequirementOf(rule, requirements, compiler, findings);
    return matcher === null ? null : new Rule(index, rule, matcher, verifier);
  });
  return new RuleList(compiled.filter((rule) => rule !== null));
}

function compileRequirementOf(
  rule: RequirementRule,
  requirements: ReadonlyMap<string, Verifier>,
  compiler: RequirementCompiler,
  findings: Findings,
): Verifier | null {
  const { requirementType: type } = rule;
  if (type.case === 'requires') {
    return type.value.requiresType.case === undefined ? null : compiler.compile(type.value);
  }
  if (type.case === undefined) return null;
  const named = requirements.get(type.value);
  if (named !== undefined) return named;
  findings.report({
    code: 'E204',
    severity: 'error',
    message: wrongNameText(type.value, [...requirements.keys()]),
    envoy: 'refuses',
    about: rule,
    field: 'requirement_name',
  });
  return null;
}
