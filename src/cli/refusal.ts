import type { Step } from '../base/index.ts';
import type { Position, Provenance } from '../resources/index.ts';

/** One step on the way to a refusal, with the place that its author wrote. */
export interface RefusalStep {
  text: string;
  notes: string[];
  at: Position | undefined;
}

/** The steps from the outermost down to the one that refused; empty when nothing did. */
export function refusalPath(root: Step, provenance: Provenance): RefusalStep[] {
  return deniedSteps(root).map((step) => ({
    text:
      step.reason === undefined ? `${step.kind} ${step.text}` : `${step.kind} ${step.text}: ${step.reason}`,
    notes: step.notes,
    at: step.origin === undefined ? undefined : provenance.find(step.origin, step.field),
  }));
}

/** `file:line`, as editors and terminals take it. */
export function renderPlace(at: Position | undefined): string {
  return at === undefined ? '' : `${at.file}:${at.line}`;
}

function deniedSteps(step: Step): Step[] {
  const path: Step[] = [];
  let current: Step | undefined = step;
  while (current !== undefined) {
    current = current.steps.find((child) => child.verdict === 'deny');
    if (current !== undefined) path.push(current);
  }
  return path;
}
