import { ActionSchema } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { Matcher } from '#schema/xds/type/matcher/v3/matcher_pb.js';
import type { Recorder } from '../../../base/index.ts';
import type { RbacEngine, RbacSubject } from '../../../core/rbac/index.ts';
import { typeNameOf, unpackAny } from '../../../resources/index.ts';
import { type MatchContext, UNAVAILABLE } from './match-input.ts';
import { compileMatchTree } from './match-tree.ts';

export interface Judgment {
  isAllowed: boolean;
  /** What decided; null: nothing matched. */
  policy: string | null;
  /** Only of rules that log, and of a matcher only where it comes to something: whether this request is to be logged. */
  accessLogHint: boolean | null;
}

/** One set of rules, in whichever form it is written. */
export interface Judge {
  judge(subject: RbacSubject, recorder: Recorder | null): Judgment;
  /** Names that are counted one by one where that is asked for. */
  readonly policyNames: readonly string[];
}

/** `rules`. */
export function judgeByPolicies(engine: RbacEngine): Judge {
  return {
    policyNames: engine.policies.map(({ name }) => name),
    judge(subject, recorder) {
      const matched = engine.match(subject, recorder);
      if (recorder !== null && matched === null) recorder.note(`no ${engine.action} policy matches`);
      return {
        isAllowed: engine.allows(matched),
        policy: matched?.name || null,
        accessLogHint: engine.action === 'LOG' ? matched !== null : null,
      };
    },
  };
}

const ACTION = { allow: 0, deny: 1, log: 2 } as const;
/** A number without a name denies (Envoy: engine_impl.cc). */
const LETS_PASS: ReadonlySet<number> = new Set([ACTION.allow, ACTION.log]);

/** `matcher`: what no action is found for is denied. */
export function judgeByTree(config: Matcher, context: MatchContext): Judge | null {
  const names: string[] = [];
  const seen = { hasLog: false };
  const tree = compileMatchTree(
    config,
    (extension) => {
      const any = extension.typedConfig;
      if (any === undefined || typeNameOf(any) !== ActionSchema.typeName) {
        context.refuse(
          'an action of an RBAC matcher must be an `envoy.config.rbac.v3.Action`',
          extension,
          'typed_config',
        );
        return null;
      }
      const action = unpackAny(ActionSchema, any);
      names.push(action.name);
      if (action.action === ACTION.log) seen.hasLog = true;
      return action;
    },
    context,
  );
  if (tree === null) return null;
  const { hasLog } = seen;
  return {
    policyNames: [...new Set(names)],
    judge(subject, recorder) {
      if (recorder !== null) recorder.open('matcher', 'decides', config);
      const found = tree(subject, recorder);
      const action = found === UNAVAILABLE ? null : found;
      const isAllowed = action !== null && LETS_PASS.has(action.action);
      if (recorder !== null) {
        const outcome = action === null ? 'nothing in it matches' : `comes to "${action.name}"`;
        recorder.close(
          isAllowed ? 'ok' : 'deny',
          found === UNAVAILABLE ? 'it hangs on what cannot be known' : outcome,
        );
      }
      return {
        isAllowed,
        policy: action?.name || null,
        accessLogHint: hasLog && action !== null ? action.action === ACTION.log : null,
      };
    },
  };
}
