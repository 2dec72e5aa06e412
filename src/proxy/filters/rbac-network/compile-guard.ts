import type { Duration } from '@bufbuild/protobuf/wkt';
import type { RBAC as Rules } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { RBAC } from '#schema/envoy/extensions/filters/network/rbac/v3/rbac_pb.js';
import type { Matcher } from '#schema/xds/type/matcher/v3/matcher_pb.js';
import type { Clock, Recorder } from '../../../base/index.ts';
import type { RbacSubject } from '../../../core/rbac/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { durationMs } from '../../duration.ts';
import { refuseInto } from '../../refusals.ts';
import type { StatsScope } from '../../stats.ts';
import type { ConnectionGuard, ConnectionRefusal } from '../connection-guard.ts';
import type { ConnectionInfo, DynamicMetadata } from '../filter.ts';
import { compileJudge } from '../rbac/factory.ts';
import type { Judge } from '../rbac/judge.ts';
import { denialDetails } from '../rbac/replies.ts';
import { createRuleSet, judgeBy, type RuleSet, tellLogHint, tellVerdict } from '../rbac/rule-set.ts';
import { RbacStats } from '../rbac/stats.ts';
import { refuseHeaderRules } from './header-rules.ts';

interface GuardContext {
  findings: Findings;
  rootStats: StatsScope;
  clock: Clock;
  listener: RbacProgress['listener'];
}

type RbacProgress = NonNullable<RbacSubject['progress']>;

/** `envoy.filters.network.rbac`; null after an error (Envoy: network/rbac/rbac_filter.cc). */
export function compileRbacGuard(config: RBAC, context: GuardContext): ConnectionGuard | null {
  const { findings } = context;
  const before = findings.list.length;
  const { statPrefix, shadowRulesStatPrefix: prefix } = config;
  const stats = context.rootStats.scope(statPrefix.endsWith('.') ? statPrefix : `${statPrefix}.`);
  const enforced = compileSet({ rules: config.rules, matcher: config.matcher }, findings);
  const shadow = compileSet({ rules: config.shadowRules, matcher: config.shadowMatcher }, findings);
  if (findings.list.slice(before).some(({ severity }) => severity === 'error')) return null;
  return new RbacGuard(
    config,
    enforced && createRuleSet(enforced, new RbacStats(stats, '', '', []), 'enforced', ''),
    shadow && createRuleSet(shadow, new RbacStats(stats, prefix, 'shadow_', []), 'shadow', prefix),
    delayOf(config.delayDeny),
    progressOf(context),
  );
}

/** A connection is judged when it begins. */
const progressOf = ({ clock, listener }: GuardContext): RbacProgress => ({
  get startMs() {
    return clock.now();
  },
  clusterName: '',
  virtualHost: null,
  cluster: null,
  listener,
});

const delayOf = (duration: Duration | undefined) => (duration === undefined ? 0 : durationMs(duration));

function compileSet(
  said: { rules: Rules | undefined; matcher: Matcher | undefined },
  findings: Findings,
): Judge | null {
  const refuse = refuseInto(findings);
  if (said.matcher === undefined && said.rules !== undefined) refuseHeaderRules(said.rules, refuse);
  const remotePeerOf = ({ connection: { remoteAddress, remotePort = 0 } }: RbacSubject) => ({
    address: remoteAddress,
    port: remotePort,
  });
  return compileJudge(said, { refuse, remotePeerOf, startMsOf, connectionOnly: true });
}

const startMsOf = ({ progress }: RbacSubject) => (progress as RbacProgress).startMs;

const METADATA_NAMESPACE = 'envoy.filters.network.rbac';

/** There is no request yet: whatever looks at one finds nothing. */
const NO_REQUEST = { method: '', scheme: '', authority: '', path: '', headers: { names: [], values: [] } };

class RbacGuard implements ConnectionGuard {
  readonly #origin: object;
  readonly #enforced: RuleSet | null;
  readonly #shadow: RuleSet | null;
  readonly #delayMs: number;
  readonly #progress: RbacProgress;

  constructor(
    origin: object,
    enforced: RuleSet | null,
    shadow: RuleSet | null,
    delayMs: number,
    progress: RbacProgress,
  ) {
    this.#origin = origin;
    this.#enforced = enforced;
    this.#shadow = shadow;
    this.#delayMs = delayMs;
    this.#progress = progress;
  }

  refuse(
    connection: ConnectionInfo,
    metadata: DynamicMetadata,
    recorder: Recorder | null,
  ): ConnectionRefusal | null {
    const subject: RbacSubject = {
      request: NO_REQUEST,
      connection,
      metadataIfAny: metadata,
      route: null,
      progress: this.#progress,
    };
    recorder?.open('network filter', 'rbac', this.#origin);
    // Unlike a request's, enforced rules of the same filter see what the shadow rules say.
    if (this.#shadow !== null)
      tellVerdict(this.#shadow, judgeBy(this.#shadow, subject, null), METADATA_NAMESPACE, metadata);
    const judgment = this.#enforced && judgeBy(this.#enforced, subject, recorder);
    const hint = judgment?.accessLogHint ?? null;
    if (hint !== null) tellLogHint(hint, metadata);
    const isRefused = judgment?.isAllowed === false;
    recorder?.close(isRefused ? 'deny' : 'ok', isRefused ? 'the connection is closed' : undefined);
    return isRefused ? { details: denialDetails(judgment.policy ?? 'none'), delayMs: this.#delayMs } : null;
  }
}
