import type { RbacSubject } from './condition.ts';
import type { Patterns } from './expression-patterns.ts';
import type { Doubts, ExpressionValue } from './expression-value.ts';
import type { TimeZones } from './time-zone.ts';

/** One evaluation of an expression: what it looks at, and what it leaves beside its value. */
export interface Evaluation extends Doubts {
  readonly subject: RbacSubject;
  readonly memo: ExpressionMemo;
  /** The whole expression is a fault, whatever the rest of it comes to (Envoy: an evaluation step that returns a status). */
  isGivenUp: boolean;
  /** What the parts of a `cel.@block` have come to, by their places; null: nobody has asked for any. */
  parts: (ExpressionValue | undefined)[] | null;
}

/** What is costly to make and depends on nothing but a text. It is the expression's own, and goes with it. */
export interface ExpressionMemo {
  readonly patterns: Patterns;
  readonly zones: TimeZones;
}

/** A compiled node of the syntax tree. */
export type Step = (evaluation: Evaluation) => ExpressionValue;

/** A function of operands that are no faults. */
export type Operation = (values: readonly ExpressionValue[], evaluation: Evaluation) => ExpressionValue;

/** @param memo of the expression that is going to be evaluated */
export function beginEvaluation(subject: RbacSubject, memo: ExpressionMemo): Evaluation {
  return { subject, memo, hasDoubt: false, isGivenUp: false, parts: null };
}

/** What a part of a `cel.@block` comes to: it is evaluated once. */
export function valueOfPart(index: number, part: Step, evaluation: Evaluation): ExpressionValue {
  evaluation.parts ??= [];
  const known = evaluation.parts[index];
  if (known !== undefined) return known;
  const value = part(evaluation);
  evaluation.parts[index] = value;
  return value;
}
