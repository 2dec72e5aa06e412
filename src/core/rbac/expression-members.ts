import { type Attribute, type Branch, isThere, presentOrFault } from './attribute.ts';
import type { Evaluation, Step } from './evaluation.ts';
import { alwaysFault } from './expression-steps.ts';
import {
  AttributeMap,
  ExpressionMap,
  type ExpressionValue,
  FAULT,
  MessageValue,
  mapOf,
} from './expression-value.ts';

/** How a member is asked for: `a.b`, `a['b']`, `has(a.b)`. */
export type Asked = 'selected' | 'indexed' | 'tested';

/** What a part of an expression names: an attribute, or what it comes to. */
export type Place = Attribute | Step;

/** The member of an attribute or a value. */
export function memberOf(outer: Place, key: string, asked: Asked): Place {
  if (typeof outer === 'function')
    return (evaluation) => memberOfValue(outer(evaluation), key, asked, evaluation);
  if (outer.kind === 'value')
    return (evaluation) => memberOfValue(outer.read(evaluation), key, asked, evaluation);
  if (outer.isMessage && asked === 'indexed') return alwaysFault;
  if (asked === 'tested') return testMember(outer, key);
  return outer.member(key) ?? alwaysFault;
}

/** Whether a branch has a member. */
export function testMember(outer: Branch, key: string): Step {
  const member = outer.member(key);
  if (member === null) return outer.isMessage ? alwaysFault : () => false;
  return (evaluation) => isThere(member, evaluation);
}

function memberOfValue(
  value: ExpressionValue | undefined,
  key: string,
  asked: Asked,
  evaluation: Evaluation,
): ExpressionValue {
  if (value instanceof MessageValue && asked !== 'indexed') {
    const field = value.field(key, evaluation);
    return asked === 'tested' && field !== FAULT ? !isEmpty(field) : field;
  }
  if (!(value instanceof ExpressionMap || value instanceof AttributeMap)) return FAULT;
  const member = value.get(key);
  return asked === 'tested' ? member !== undefined : presentOrFault(member);
}

const isEmpty = (field: ExpressionValue) =>
  mapOf(field)?.size === 0 || (Array.isArray(field) && field.length === 0);
