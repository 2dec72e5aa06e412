import { presentOrFault } from './attribute.ts';
import { partOf } from './compile-block.ts';
import type { Step } from './evaluation.ts';
import { ENUM_VALUES, rootOf } from './expression-attributes.ts';
import type { ExpressionConfig } from './expression-config.ts';
import { type Context, refused } from './expression-context.ts';
import { memberOf, type Place } from './expression-members.ts';
import { alwaysFault } from './expression-steps.ts';
import { indexOf, nameOf, type Select } from './expression-syntax.ts';

/** An attribute, or a member of a value. */
export function compilePlace(config: ExpressionConfig, context: Context): Step | null {
  const place = placeOf(config, context);
  if (place === null || typeof place === 'function') return place;
  return place.kind === 'value'
    ? (evaluation) => presentOrFault(place.read(evaluation))
    : (evaluation) => presentOrFault(place.whole(evaluation));
}

/** What an expression names; null after a refusal. */
export function placeOf(config: ExpressionConfig, context: Context): Place | null {
  const kind = config.exprKind;
  if (kind.case === 'identExpr') return placeOfName(kind.value.name, config, context);
  if (kind.case === 'selectExpr') return placeOfMember(kind.value, config, context);
  const index = kind.case === 'callExpr' ? indexOf(kind.value) : null;
  if (index === null) return context.compile(config, context);
  const outer = placeOf(index.outer, context);
  return outer && memberOf(outer, index.key, 'indexed');
}

function placeOfName(name: string, about: ExpressionConfig, context: Context): Place | null {
  if (name === '') return refused('an attribute without a name', about, context, 'refuses');
  const { parts } = context.block;
  if (parts !== null && name.startsWith('@index')) return partOf(name, parts, about, context);
  return rootOf(name, context) ?? alwaysFault;
}

function placeOfMember(
  { operand, field, testOnly }: Select,
  about: ExpressionConfig,
  context: Context,
): Place | null {
  if (field === '') return refused('a member without a name', about, context, 'refuses');
  if (operand === undefined) return refused('a member of nothing', about, context, 'refuses');
  const named = testOnly ? undefined : ENUM_VALUES.get(nameOf(about) ?? '');
  if (named !== undefined) return named;
  const outer = placeOf(operand, context);
  return outer && memberOf(outer, field, testOnly ? 'tested' : 'selected');
}
