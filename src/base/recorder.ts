/**
 * How a decision explains itself. A decision function takes a `Recorder | null`; on the data path it is null and costs one
 * comparison, in `why` it builds the tree that is printed. There is no second evaluator.
 */
export type StepVerdict =
  /** The step held, the request goes on. */
  | 'ok'
  /** The step did not hold, but by itself refuses nothing (a rule that does not match, a member of an `any`). */
  | 'no'
  /** The step ends the request here: a refusal or another local reply. */
  | 'deny'
  /** The step was not taken because an earlier one decided. */
  | 'skipped'
  /** The step could not be judged (no keys at hand), so that everything after it is conditional. */
  | 'unknown';

export interface Recorder {
  /**
   * Opens a step inside the one that is open.
   * @param kind what takes the step, in the field's words: `virtual host`, `rule`, `provider`, `policy`, …
   * @param text what it is, for a person.
   * @param origin the configuration message that the step was compiled from; its position is looked up by whoever prints.
   * @param field a field of that message (proto name) when the step is about that field alone.
   */
  open(kind: string, text: string, origin?: object, field?: string): void;
  /** Something that the open step looked at, and what it found there. Never a whole token. */
  note(text: string): void;
  /** Of several alternatives of the open step this one held. */
  met(alternative: object): void;
  /** Closes the open step. */
  close(verdict: StepVerdict, text?: string): void;
}

export interface Step {
  kind: string;
  text: string;
  origin: object | undefined;
  field: string | undefined;
  notes: string[];
  /** Configuration messages of alternatives that held. */
  met: object[];
  steps: Step[];
  verdict: StepVerdict;
  /** Why the verdict is what it is. */
  reason: string | undefined;
}

/** Builds the tree of steps. */
export class TreeRecorder implements Recorder {
  readonly root: Step = newStep('decision', '', undefined, undefined);
  readonly #open: Step[] = [this.root];

  open(kind: string, text: string, origin?: object, field?: string): void {
    const step = newStep(kind, text, origin, field);
    this.#top().steps.push(step);
    this.#open.push(step);
  }

  note(text: string): void {
    this.#top().notes.push(text);
  }

  met(alternative: object): void {
    this.#top().met.push(alternative);
  }

  close(verdict: StepVerdict, text?: string): void {
    const step = this.#top();
    step.verdict = verdict;
    step.reason = text;
    if (this.#open.length > 1) this.#open.pop();
  }

  #top(): Step {
    return this.#open[this.#open.length - 1] as Step;
  }
}

function newStep(kind: string, text: string, origin: object | undefined, field: string | undefined): Step {
  return { kind, text, origin, field, notes: [], met: [], steps: [], verdict: 'ok', reason: undefined };
}
