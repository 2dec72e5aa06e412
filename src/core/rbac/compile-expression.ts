import { presentOrFault } from './attribute.ts';
import { buildMessage, fieldsOf } from './compile-message.ts';
import { type ExpressionMemo, type Operation, type Step, valueOfPart } from './evaluation.ts';
import { ENUM_VALUES, rootOf } from './expression-attributes.ts';
import type { ConstantKind, ExpressionConfig, MapEntryConfig } from './expression-config.ts';
import { constantOf } from './expression-constant.ts';
import { type Context, type ExpressionContext, refused } from './expression-context.ts';
import { operationOf } from './expression-functions.ts';
import { compileLogic } from './expression-logic.ts';
import { alwaysFault, memberOf, type Place, testMember } from './expression-members.ts';
import { isNoPattern, Patterns } from './expression-patterns.ts';
import { compileMatches } from './expression-regex.ts';
import {
  BLOCK,
  type Call,
  indexOf,
  isFolded,
  isPath,
  type List,
  nameOf,
  qualified,
  REGEX_NAMES,
  type Select,
  type Struct,
  textOf,
} from './expression-syntax.ts';
import { ExpressionMap, type ExpressionValue, FAULT } from './expression-value.ts';
import { type Field, mayBeOfEnvoy } from './message-types.ts';
import { TimeZones } from './time-zone.ts';

/** A compiled CEL expression. A condition holds only where it comes to true; a fault is not true. */
export interface Expression {
  readonly root: Step;
  readonly memo: ExpressionMemo;
}

/**
 * Compiles a CEL expression from its syntax tree, as Envoy's builder takes it: no comprehensions, strings and lists are not joined. What
 * Envoy does and this does not is refused by name (docs/envoy-support.md).
 */
export function compileExpression(
  config: ExpressionConfig | undefined,
  context: ExpressionContext,
): Expression | null {
  const memo = { patterns: new Patterns(), zones: new TimeZones() };
  const root = compile(config, { ...context, memo, block: { isUsed: false, parts: null } });
  return root && { root, memo };
}

function compile(config: ExpressionConfig | undefined, context: Context): Step | null {
  const kind = config?.exprKind;
  switch (kind?.case) {
    case 'constExpr':
      return compileConstant(kind.value.constantKind, config as object, context);
    case 'listExpr':
      return compileList(kind.value, context);
    case 'structExpr':
      return kind.value.messageName === ''
        ? compileMap(kind.value, config as object, context)
        : compileMessage(kind.value, config as object, context);
    case 'callExpr':
      return compileCall(kind.value, config as ExpressionConfig, context);
    case 'identExpr':
    case 'selectExpr':
      return compilePlace(config as ExpressionConfig, context);
    case 'comprehensionExpr':
      return refused('a macro over a list', config as object, context, 'refuses');
    case undefined:
      return refused('an empty expression', config ?? {}, context, 'refuses');
  }
}

function compileAll(configs: readonly ExpressionConfig[], context: Context): Step[] | null {
  const compiled = configs.map((one) => compile(one, context));
  return compiled.includes(null) ? null : (compiled as Step[]);
}

/** The operation on what the operands come to; a fault where one of them is. */
function strictly(operands: readonly Step[], operation: Operation): Step {
  return (evaluation) => {
    const values = operands.map((one) => one(evaluation));
    return values.includes(FAULT) ? FAULT : operation(values, evaluation);
  };
}

function compileConstant(constant: ConstantKind, about: object, context: Context): Step | null {
  const value = constantOf(constant);
  return value === undefined ? refused('a constant without a value', about, context, 'refuses') : () => value;
}

function compileList({ elements: configs, optionalIndices }: List, context: Context): Step | null {
  const compiled = compileAll(configs, context);
  if (compiled === null) return null;
  const elements = compiled.map((one, index) => (optionalIndices?.includes(index) ? faultAfter(one) : one));
  return strictly(elements, (values) => [...values]);
}

function compileMap(config: Struct, about: object, context: Context): Step | null {
  const pairs: Step[][] = [];
  for (const { keyKind, value, optionalEntry } of config.entries) {
    if (keyKind.case === 'fieldKey') return refused('a field in a map', about, context, 'refuses');
    if (keyKind.case !== 'mapKey') return refused('a map entry without a key', about, context, 'refuses');
    if (value === undefined) return refused('a map entry without a value', about, context, 'refuses');
    const pair = compileAll([keyKind.value, value], context);
    if (pair === null) return null;
    pairs.push(optionalEntry ? pair.map(faultAfter) : pair);
  }
  return (evaluation) => {
    const entries = pairs.map(
      ([key, value]) => [key?.(evaluation) ?? null, value?.(evaluation) ?? null] as const,
    );
    if (entries.flat().includes(FAULT)) return FAULT;
    // Envoy ends all of the evaluation there, whatever the map is an operand of (cel-cpp: create_map_step.cc).
    return ExpressionMap.of(entries, () => {
      evaluation.isGivenUp = true;
    });
  };
}

/** No expression that Envoy takes comes to an optional value: what has to be one is a fault. */
const faultAfter =
  (step: Step): Step =>
  (evaluation) => {
    step(evaluation);
    return FAULT;
  };

function compileMessage(config: Struct, about: object, context: Context): Step | null {
  const { messageName } = config;
  const type = fieldsOf(messageName);
  if (type === null) {
    const envoy = mayBeOfEnvoy(messageName.replace(/^\./, '')) ? 'accepts' : 'refuses';
    return refused(`the message \`${messageName}\``, about, context, envoy);
  }
  const setters: (readonly [name: string, field: Field, value: Step])[] = [];
  for (const entry of config.entries) {
    const name = fieldNameOf(entry, about, context);
    if (name === null) return null;
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (field === undefined)
      return refused(`the field \`${name}\` of \`${type.typeName}\``, about, context, 'refuses');
    if (entry.value === undefined) return refused('a field without a value', about, context, 'refuses');
    const value = compile(entry.value, context);
    if (value === null) return null;
    setters.push([name, field, entry.optionalEntry ? faultAfter(value) : value]);
  }
  return strictly(
    setters.map(([, , value]) => value),
    (values) =>
      buildMessage(
        type.typeName,
        setters.map(([name, field], index) => [name, field, values[index] as ExpressionValue]),
      ),
  );
}

function fieldNameOf({ keyKind }: MapEntryConfig, about: object, context: Context): string | null {
  if (keyKind.case === 'mapKey') return refused('a map entry in a message', about, context, 'refuses');
  if (keyKind.case === 'fieldKey' && keyKind.value !== '') return keyKind.value;
  return refused('a field without a name', about, context, 'refuses');
}

/** An attribute, or a member of a value. */
function compilePlace(config: ExpressionConfig, context: Context): Step | null {
  const place = placeOf(config, context);
  if (place === null || typeof place === 'function') return place;
  return place.kind === 'value'
    ? (evaluation) => presentOrFault(place.read(evaluation))
    : (evaluation) => presentOrFault(place.whole(evaluation));
}

/** What an expression names; null after a refusal. */
function placeOf(config: ExpressionConfig, context: Context): Place | null {
  const kind = config.exprKind;
  if (kind.case === 'identExpr') return placeOfName(kind.value.name, config, context);
  if (kind.case === 'selectExpr') return placeOfMember(kind.value, config, context);
  const index = kind.case === 'callExpr' ? indexOf(kind.value) : null;
  if (index === null) return compile(config, context);
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

function compileCall(call: Call, about: ExpressionConfig, context: Context): Step | null {
  const { function: name, target } = qualified(call);
  if (name === BLOCK && target === undefined) return compileBlock(call.args, about, context);
  if (indexOf(call) !== null) return compilePlace(about, context);
  const operands = target === undefined ? call.args : [target, ...call.args];
  const [first, second] = operands;
  const pattern = textOf(second);
  if (name === 'matches' && operands.length === 2 && pattern !== null)
    return compileMatch(first, pattern, about, context);
  if (IN.has(name) && target === undefined && operands.length === 2) {
    const test = compileHas(textOf(first), second as ExpressionConfig, context);
    if (test !== null) return test;
  }
  const compiled = compileAll(operands, context);
  if (compiled === null) return null;
  const special = target === undefined ? compileLogic(name, compiled) : null;
  if (special !== null) return special;
  const operation = operationOf(name, target !== undefined, operands.length, context.options);
  if (operation === null) return refused(`\`${name}\``, about, context, 'refuses');
  if (operation === 'not done') return refused(`\`${name}\``, about, context);
  const isByPattern = REGEX_NAMES.has(name) && pattern !== null;
  return strictly(compiled, isByPattern ? byPattern(pattern, operation, context.memo) : operation);
}

/** A pattern that is written out is made before requests come; one that RE2 surely refuses is a fault, whatever the text. */
function byPattern(pattern: string, operation: Operation, { patterns }: ExpressionMemo): Operation {
  if (isNoPattern(pattern)) return () => FAULT;
  patterns.keep(pattern);
  return operation;
}

/** What an optimizer of CEL makes of parts that come up several times: a list of them, each evaluated once and only where it is asked for. */
function compileBlock(
  [first, body, ...more]: readonly ExpressionConfig[],
  about: ExpressionConfig,
  context: Context,
): Step | null {
  const { block } = context;
  const list = first?.exprKind.case === 'listExpr' ? first.exprKind.value : null;
  const isSound = list !== null && !list.optionalIndices?.length && body !== undefined && more.length === 0;
  if (!isSound || block.isUsed) return refused(`such a \`${BLOCK}\``, about, context, 'refuses');
  block.isUsed = true;
  const parts: Step[] = [];
  block.parts = parts;
  for (const part of list.elements) {
    const step = compile(part, context);
    if (step === null) return null;
    parts.push(step);
  }
  const compiled = compile(body, context);
  block.parts = null;
  return compiled;
}

/** What a part comes to; it sees those before it. */
function partOf(
  name: string,
  parts: readonly Step[],
  about: ExpressionConfig,
  context: Context,
): Step | null {
  const [, digits] = /^@index(\d+)$/.exec(name) ?? [];
  const index = Number(digits);
  const part = parts[index];
  if (part === undefined) return refused(`\`${name}\``, about, context, 'refuses');
  return (evaluation) => valueOfPart(index, part, evaluation);
}

const IN = new Set(['@in', 'in', '_in_']);

/** `'x' in request.headers`, of a branch, whose names nobody lists; null of anything else. */
function compileHas(key: string | null, set: ExpressionConfig, context: Context): Step | null {
  if (key === null || !isPath(set)) return null;
  // What is wrong with it is told where it is compiled as a value.
  const place = placeOf(set, { ...context, refuse: () => {} });
  if (place === null || typeof place === 'function' || place.kind === 'value') return null;
  return place.isMessage ? alwaysFault : testMember(place, key);
}

/** A pattern that is written out is judged here and not at each request. */
function compileMatch(
  text: ExpressionConfig | undefined,
  pattern: string,
  about: ExpressionConfig,
  context: Context,
): Step | null {
  const step = compile(text, context);
  try {
    const folds = context.options === undefined && context.foldsNothing !== true;
    const matches = compileMatches(pattern, folds && isFolded(text));
    return step && ((evaluation) => matches(step(evaluation), evaluation));
  } catch (error) {
    context.refuse(`bad regular expression \`${pattern}\`: ${(error as Error).message}`, about);
    return null;
  }
}
