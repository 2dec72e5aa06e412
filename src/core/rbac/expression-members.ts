import type { Evaluation, Step } from './evaluation.ts';
import { type Attribute, isThere, presentOr } from './expression-attributes.ts';
import type { ExpressionConfig } from './expression-config.ts';
import { type Context, refused } from './expression-context.ts';
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

/** Refuses what Envoy refuses too. */
export function lacking(what: string, about: object, context: Context): undefined {
  refused(what, about, context, 'refuses');
}

/** An attribute, unless it is one that Envoy has and jotgate has not. */
export function known(
  found: Attribute | null | 'not done',
  name: string,
  about: object,
  context: Context,
): Attribute | null | undefined {
  if (found !== 'not done') return found;
  refused(`\`${name}\``, about, context);
  return undefined;
}

/** The member of an attribute or a value; null where it is a fault whatever comes, undefined after a refusal. */
export function memberOf(
  outer: Attribute | Step | null,
  key: string,
  asked: Asked,
  about: ExpressionConfig,
  context: Context,
): Attribute | Step | null | undefined {
  if (outer === null) return null;
  if (typeof outer === 'function')
    return (evaluation) => memberOfValue(outer(evaluation), key, asked, evaluation);
  if (outer.kind === 'value')
    return (evaluation) => memberOfValue(outer.read(evaluation), key, asked, evaluation);
  if (outer.isMessage && asked === 'indexed') return null;
  const member = known(outer.member(key), key, about, context);
  if (asked !== 'tested' || member === undefined) return member;
  if (member === null) return outer.isMessage ? null : () => false;
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
  return asked === 'tested' ? member !== undefined : presentOr(member);
}

const isEmpty = (field: ExpressionValue) =>
  mapOf(field)?.size === 0 || (Array.isArray(field) && field.length === 0);
