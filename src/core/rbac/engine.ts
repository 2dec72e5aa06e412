import type { Recorder } from '../../base/index.ts';
import { FirstMatchIndex, type Hint, toByteString } from '../match/index.ts';
import { type ConditionContext, compilePermission, compilePrincipal } from './compile-condition.ts';
import { compileExpression, type Expression } from './compile-expression.ts';
import { anyOf, type Condition, pathOf, type RbacSubject } from './condition.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import type { PolicyConfig, RbacConfig } from './rbac-config.ts';

/** `envoy.config.rbac.v3.RBAC.Action`. */
export type RbacAction = 'ALLOW' | 'DENY' | 'LOG';

const ACTIONS: readonly RbacAction[] = ['ALLOW', 'DENY', 'LOG'];

/** A compiled policy: one of its permissions and one of its principals must hold, and its condition where it has one. */
export class Policy {
  readonly name: string;
  readonly origin: object;
  readonly hint: Hint<RbacSubject>;
  readonly #condition: Expression | null;
  /** Who denies by it denies where it is in doubt, too. */
  readonly #action: RbacAction;
  readonly #permissions: Part;
  readonly #principals: Part;

  constructor(
    name: string,
    origin: PolicyConfig,
    permissions: Condition,
    principals: Condition,
    condition: Expression | null,
    action: RbacAction,
  ) {
    this.#action = action;
    this.name = name;
    this.origin = origin;
    this.#permissions = { kind: 'permission', condition: permissions, origin, field: 'permissions' };
    this.#principals = { kind: 'principal', condition: principals, origin, field: 'principals' };
    this.#condition = condition;
    this.hint = { kind: 'all', members: [permissions.hint, principals.hint] };
  }

  accepts(_path: string, subject: RbacSubject): boolean {
    return this.matches(subject, null);
  }

  matches(subject: RbacSubject, recorder: Recorder | null): boolean {
    if (!holds(this.#permissions, subject, recorder)) return false;
    return holds(this.#principals, subject, recorder) && this.#meetsCondition(subject, recorder);
  }

  #meetsCondition(subject: RbacSubject, recorder: Recorder | null): boolean {
    if (this.#condition === null) return true;
    const outcome = evaluateExpression(this.#condition, subject);
    const isInDoubt = outcome === 'doubt' && this.#action === 'DENY';
    const holds = outcome === 'true' || isInDoubt;
    if (recorder !== null) {
      recorder.open('condition', 'wants its CEL expression to be true', this.origin, 'condition');
      const fault = isInDoubt ? 'what it hangs on is in doubt, and is denied' : 'it cannot be evaluated';
      const isFault = outcome === 'fault' || outcome === 'doubt';
      recorder.close(holds ? 'ok' : 'no', isFault ? fault : undefined);
    }
    return holds;
  }
}

interface Part {
  kind: string;
  condition: Condition;
  origin: object;
  field: string;
}

function holds(
  { kind, condition, origin, field }: Part,
  subject: RbacSubject,
  recorder: Recorder | null,
): boolean {
  if (recorder === null) return condition.holds(subject, null);
  recorder.open(kind, `wants ${condition.wants}`, origin, field);
  const verdict = condition.holds(subject, recorder);
  recorder.close(verdict ? 'ok' : 'no');
  return verdict;
}

/** A compiled set of policies (Envoy: engine_impl.cc). */
export class RbacEngine {
  readonly action: RbacAction;
  /** In the order of their names' bytes, in which they are asked. */
  readonly policies: readonly Policy[];
  readonly #index: FirstMatchIndex<RbacSubject, Policy>;

  constructor(action: RbacAction, policies: readonly Policy[]) {
    this.action = action;
    this.policies = policies;
    this.#index = new FirstMatchIndex(policies);
  }

  /** The first policy that matches, or null. */
  match(subject: RbacSubject, recorder: Recorder | null): Policy | null {
    const matched = this.#index.first(pathOf(subject), subject);
    if (recorder !== null) this.#explain(matched, subject, recorder);
    return matched;
  }

  /** ALLOW lets pass what a policy matches, DENY what none does, LOG everything. */
  allows(matched: Policy | null): boolean {
    return this.action === 'LOG' || (matched !== null) === (this.action === 'ALLOW');
  }

  #explain(matched: Policy | null, subject: RbacSubject, recorder: Recorder): void {
    for (const policy of this.policies) {
      recorder.open('policy', `"${policy.name}"`, policy.origin);
      policy.matches(subject, recorder);
      if (policy !== matched) recorder.close('no', 'does not match');
      else recorder.close(this.action === 'DENY' ? 'deny' : 'ok', `matches, ${this.action}`);
      if (policy === matched) return;
    }
  }
}

/**
 * Compiles an RBAC message; null where one of its policies is not done, each reason refused. One policy that has a condition and no
 * `cel_config` takes the others' from them (Envoy: engine_impl.cc, one builder for all).
 */
export function compileRbacEngine(config: RbacConfig, context: ConditionContext): RbacEngine | null {
  const action = ACTIONS[config.action];
  if (action === undefined) {
    context.refuse(`unknown action ${config.action}`, config, 'action');
    return null;
  }
  const names = Object.keys(config.policies).sort(byBytes);
  const configs = names.map((name) => config.policies[name] as PolicyConfig);
  const isPlain = configs.some(
    ({ condition, celConfig }) => condition !== undefined && celConfig === undefined,
  );
  const policies = configs.map((policy, index) =>
    compilePolicy(names[index] as string, policy, { action, isPlain }, context),
  );
  return policies.includes(null) ? null : new RbacEngine(action, policies as Policy[]);
}

function byBytes(a: string, b: string): number {
  return toByteString(a) < toByteString(b) ? -1 : 1;
}

/** `checked_condition` is not looked at, as Envoy does not look at it either (matchers.cc, PolicyMatcher). */
function compilePolicy(
  name: string,
  config: PolicyConfig,
  { action, isPlain }: { action: RbacAction; isPlain: boolean },
  context: ConditionContext,
): Policy | null {
  const isConditional = config.condition !== undefined;
  const options = isPlain ? undefined : config.celConfig;
  const condition = isConditional ? compileExpression(config.condition, { ...context, options }) : null;
  const permissions = config.permissions.map((permission) => compilePermission(permission, context));
  const principals = config.principals.map((principal) => compilePrincipal(principal, context));
  if ((isConditional && condition === null) || permissions.includes(null) || principals.includes(null))
    return null;
  return new Policy(
    name,
    config,
    anyOf(permissions as Condition[], config.permissions),
    anyOf(principals as Condition[], config.principals),
    condition,
    action,
  );
}
