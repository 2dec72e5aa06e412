import type { RbacSubject } from './condition.ts';
import type { Evaluation } from './evaluation.ts';
import { AttributeMap, type ExpressionValue, FAULT } from './expression-value.ts';

/** What expressions may name. A branch has more under it: keys, or the fields of a message. */
export type Attribute = Leaf | Branch;

interface Leaf {
  kind: 'value';
  read(evaluation: Evaluation): ExpressionValue | undefined;
  /** What `has` says of it. Default: whether anything is read, a fault too. */
  isThere?(evaluation: Evaluation): boolean | typeof FAULT;
}

/** An attribute with others under it: a map of names, or a message, whose fields are asked for by their names and not as keys. */
export interface Branch {
  kind: 'branch';
  isMessage: boolean;
  /** null: there is none, whatever comes. */
  member(key: string): Attribute | null;
  /** The branch as a value. */
  whole(evaluation: Evaluation): ExpressionValue | undefined;
  /** What `has` says of it. */
  isThere(evaluation: Evaluation): boolean | typeof FAULT;
}

/** What `has(…)` and `in` make of an attribute that there is. */
export function isThere(attribute: Attribute, evaluation: Evaluation): boolean | typeof FAULT {
  return attribute.isThere?.(evaluation) ?? (attribute as Leaf).read(evaluation) !== undefined;
}

type Reader = (subject: RbacSubject, evaluation: Evaluation) => ExpressionValue | undefined;

/** An attribute with nothing under it. */
export const value = (read: Reader): Leaf => ({
  kind: 'value',
  read: (evaluation) => read(evaluation.subject, evaluation),
});

/** It is known, and never there. */
export const NOTHING = value(() => undefined);

/** Attributes that are there, under their names. */
export function branch(members: Readonly<Record<string, Attribute>>): Branch {
  const known = new Map(Object.entries(members));
  const read = (key: string, evaluation: Evaluation) => {
    const found = known.get(key);
    return found?.kind === 'branch' ? found.whole(evaluation) : found?.read(evaluation);
  };
  return {
    kind: 'branch',
    isMessage: false,
    member: (key) => known.get(key) ?? null,
    whole: (evaluation) => new AttributeMap((key) => read(key, evaluation)),
    isThere: () => true,
  };
}

/** The value, where there is one. */
export const presentOrFault = (found: ExpressionValue | undefined): ExpressionValue =>
  found === undefined ? FAULT : found;
