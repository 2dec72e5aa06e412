import { isCredentialName, type Step } from '../base/index.ts';
import { redactTokens } from '../core/match/index.ts';
import type { Provenance } from '../resources/index.ts';
import type { NetworkTrouble } from './commands/why-network.ts';
import { describeRemedies } from './remedies/render-remedies.ts';
import { type Explanation, type OtherAnswer, shownVerdict, uncheckedText } from './why-verdict.ts';

/** The decision as JSON: verdict, and the tree of steps with the place of each. Tokens are left out. `network`: what went wrong while keys were fetched. */
export function renderWhyJson(
  explanation: Explanation,
  provenance: Provenance,
  troubles: readonly NetworkTrouble[] = [],
): string {
  const { asked, verdict, root, outcome, unchecked, chance } = explanation;
  const { route, forwarded } = verdict;
  const document = {
    request: { method: asked.method, authority: asked.authority, path: redactTokens(asked.path) },
    outcome,
    unchecked: unchecked.map(uncheckedText),
    status: verdict.status,
    body: verdict.body,
    details: verdict.details,
    headers: verdict.headers.map(fieldOf),
    grpc: verdict.grpc === null ? null : { status: 200, headers: verdict.grpc.map(fieldOf) },
    route: route === null ? null : { name: route.name, virtualHost: route.virtualHost },
    forwarded:
      forwarded === null || route?.action.kind !== 'cluster'
        ? null
        : {
            cluster: route.action.cluster,
            authority: forwarded.authority,
            path: redactTokens(forwarded.path),
            headers: forwarded.headers.names,
          },
    network: troubles.map(({ message, facts }) => ({ message, ...facts })),
    chance:
      chance === null
        ? null
        : { share: chance.share, randomValue: chance.randomValue, others: chance.others.map(describeOther) },
    steps: root.steps.map((step) => stepOf(step, provenance)),
    remedies: explanation.remedies === null ? null : describeRemedies(explanation.remedies),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const fieldOf = ([name, value]: readonly [name: string, value: string]) => ({
  name,
  value: isCredentialName(name) ? '(not shown)' : redactTokens(value),
});

const describeOther = ({ share, randomValue, outcome, verdict }: OtherAnswer) => ({
  share,
  randomValue,
  outcome,
  status: verdict.status,
  body: verdict.body,
  details: verdict.details,
  route: verdict.route === null ? null : { name: verdict.route.name, virtualHost: verdict.route.virtualHost },
  cluster: verdict.route?.action.kind === 'cluster' ? verdict.route.action.cluster : null,
});

function stepOf(step: Step, provenance: Provenance): object {
  const { kind, text, reason, notes, origin, field } = step;
  const at = origin === undefined ? undefined : provenance.find(origin, field);
  return {
    kind,
    text,
    verdict: shownVerdict(step),
    reason: reason ?? null,
    notes,
    at: at === undefined ? null : { file: at.file, line: at.line, column: at.column },
    path: origin === undefined ? null : (provenance.path(origin) ?? null),
    steps: step.steps.map((child) => stepOf(child, provenance)),
  };
}
