import type { Step } from '../../base/index.ts';
import type { Branch, Verdict } from '../../proxy/rehearsal/index.ts';
import type { Provenance } from '../../resources/index.ts';
import { byAnswer, type Decision, sharedText } from '../play-branches.ts';
import { renderPlace } from '../refusal.ts';
import { refusalIn, stepsOfKind } from '../remedies/deny-step.ts';

/** The same of all that chance can say of a request; the status is that of most. */
export function nameAnswers(
  branches: readonly Branch<Decision>[],
  provenance: Provenance,
): { text: string; status: number } {
  const answers = byAnswer(branches, ({ verdict, root }) => nameAnswer(verdict, root, provenance));
  return { text: sharedText(answers), status: answers[0]?.branch.result.verdict.status ?? 200 };
}

/** What was replied and which rule, policy or route it came from, and nothing of the one request: what equal decisions share. */
function nameAnswer({ status, body, route }: Verdict, root: Step, provenance: Provenance): string {
  const placed = (text: string, origin: object | undefined) =>
    `${text}   ${origin === undefined ? '' : renderPlace(provenance.find(origin))}`.trimEnd();
  if (status === null) {
    const way =
      route?.action.kind === 'cluster' ? `goes on to ${route.action.cluster}` : 'goes on to its origin';
    return placed(way, route?.origin);
  }
  const reply = `${status === 0 ? 'connection closed' : status} ${body.split('\n', 1)[0]}`.trimEnd();
  const { filter, rule } = refusalIn(root);
  if (filter === null) return placed(reply, route?.origin);
  const denying = stepsOfKind(filter, 'policy').find(({ verdict }) => verdict === 'deny');
  const step = rule ?? denying ?? filter;
  const name = step === denying ? `DENY policy ${step.text}` : step.text;
  return placed(`${reply}, by ${name}`, step.origin);
}
