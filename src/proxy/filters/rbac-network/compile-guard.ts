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
import type { Judge, Judgment } from '../rbac/judge.ts';
import { denialDetails } from '../rbac/replies.ts';
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
  const prefix = config.statPrefix.endsWith('.') ? config.statPrefix : `${config.statPrefix}.`;
  const stats = context.rootStats.scope(prefix);
  const enforced = compileSet({ rules: config.rules, matcher: config.matcher }, findings);
  const shadow = compileSet({ rules: config.shadowRules, matcher: config.shadowMatcher }, findings);
  if (findings.list.slice(before).some(({ severity }) => severity === 'error')) return null;
  return new RbacGuard(
    config,
    enforced && { judge: enforced, stats: new RbacStats(stats, '', '', []) },
    shadow && {
      judge: shadow,
      stats: new RbacStats(stats, config.shadowRulesStatPrefix, 'shadow_', []),
      policyIdKey: `${config.shadowRulesStatPrefix}shadow_effective_policy_id`,
      resultKey: `${config.shadowRulesStatPrefix}shadow_engine_result`,
    },
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

interface CountedJudge {
  judge: Judge;
  stats: RbacStats;
}

/** And where its verdicts are told. */
interface ShadowJudge extends CountedJudge {
  policyIdKey: string;
  resultKey: string;
}

const METADATA_NAMESPACE = 'envoy.filters.network.rbac';

/** There is no request yet: whatever looks at one finds nothing. */
const NO_REQUEST = { method: '', scheme: '', authority: '', path: '', headers: { names: [], values: [] } };

class RbacGuard implements ConnectionGuard {
  readonly #origin: object;
  readonly #enforced: CountedJudge | null;
  readonly #shadow: ShadowJudge | null;
  readonly #delayMs: number;
  readonly #progress: RbacProgress;

  constructor(
    origin: object,
    enforced: CountedJudge | null,
    shadow: ShadowJudge | null,
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
    if (this.#shadow !== null) tell(this.#shadow, judge(this.#shadow, subject, null), metadata);
    const judgment = this.#enforced && judge(this.#enforced, subject, recorder);
    const hint = judgment?.accessLogHint ?? null;
    if (hint !== null) metadata.set('envoy.common', 'access_log_hint', hint);
    const isRefused = judgment?.isAllowed === false;
    recorder?.close(isRefused ? 'deny' : 'ok', isRefused ? 'the connection is closed' : undefined);
    return isRefused ? { details: denialDetails(judgment.policy ?? 'none'), delayMs: this.#delayMs } : null;
  }
}

/** Unlike a request's, enforced rules of the same filter see it. */
function tell(
  { policyIdKey, resultKey }: ShadowJudge,
  { isAllowed, policy }: Judgment,
  metadata: DynamicMetadata,
): void {
  if (policy !== null) metadata.set(METADATA_NAMESPACE, policyIdKey, policy);
  metadata.set(METADATA_NAMESPACE, resultKey, isAllowed ? 'allowed' : 'denied');
}

function judge(
  { judge: judging, stats }: CountedJudge,
  subject: RbacSubject,
  recorder: Recorder | null,
): Judgment {
  const judgment = judging.judge(subject, recorder);
  stats.count(judgment.isAllowed, judgment.policy ?? undefined);
  return judgment;
}
