import type { Step } from '../base/index.ts';
import type { Position, Provenance } from '../resources/index.ts';

/** One step on the way to a refusal, with the place that its author wrote. */
export interface RefusalStep {
  kind: string;
  text: string;
  at: Position | undefined;
}

/**
 * The steps from the outermost down to the one that refused, and under it what it found wanting; empty when nothing refused.
 */
export function refusalPath(root: Step, provenance: Provenance): RefusalStep[] {
  return [...deniedSteps(root)].map((step) => ({
    kind: step.kind,
    text: sentence(step),
    at: step.origin === undefined ? undefined : provenance.find(step.origin, step.field),
  }));
}

/** `file:line`, as editors and terminals take it. */
export function renderPlace(at: Position | undefined): string {
  return at === undefined ? '' : `${at.file}:${at.line}`;
}

function* deniedSteps(root: Step): Generator<Step> {
  let last = root;
  for (let step = childThat(root, 'deny'); step !== undefined; step = childThat(step, 'deny')) {
    yield step;
    last = step;
  }
  if (last === root) return;
  for (let step = lastChildThat(last, 'no'); step !== undefined; step = lastChildThat(step, 'no')) yield step;
}

const childThat = (step: Step, verdict: Step['verdict']) =>
  step.steps.find((child) => child.verdict === verdict);

const lastChildThat = (step: Step, verdict: Step['verdict']) =>
  step.steps.findLast((child) => child.verdict === verdict);

function sentence({ kind, text, reason, notes }: Step): string {
  const name = text.startsWith(kind) ? text : `${kind} ${text}`;
  const found = [...notes, ...(reason === undefined ? [] : [reason])].join('; ');
  return found === '' ? name : `${name}: ${found}`;
}
