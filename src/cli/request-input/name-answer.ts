import type { Step } from '../../base/index.ts';
import type { Verdict } from '../../proxy/rehearsal/index.ts';
import type { Provenance } from '../../resources/index.ts';
import { renderPlace } from '../refusal.ts';
import { refusalIn, stepsOfKind } from '../remedies/deny-step.ts';

/** What was replied and which rule, policy or route it came from, and nothing of the one request: what equal decisions share. */
export function nameAnswer({ status, body, route }: Verdict, root: Step, provenance: Provenance): string {
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
