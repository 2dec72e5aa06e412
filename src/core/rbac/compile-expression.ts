import { buildMessage, fieldsOf } from './compile-message.ts';
import { type ExpressionMemo, type Operation, type Step, valueOfPart } from './evaluation.ts';
import { type Attribute, ENUM_VALUES, isThere, presentOr, rootOf } from './expression-attributes.ts';
import type { ConstantKind, ExpressionConfig, MapEntryConfig } from './expression-config.ts';
import { constantOf } from './expression-constant.ts';
import { type Context, type ExpressionContext, refused } from './expression-context.ts';
import { operationOf } from './expression-functions.ts';
import { compileLogic } from './expression-logic.ts';
import { known, lacking, memberOf } from './expression-members.ts';
import { isNoPattern, Patterns } from './expression-patterns.ts';
import { compileMatches } from './expression-regex.ts';
import {
  BLOCK,
  type Call,
  isFolded,
  isText,
  type List,
  nameOf,
  qualified,
  REGEX_NAMES,
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
      return compileAttribute(config as ExpressionConfig, context) ?? null;
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

/** An attribute, or a member of a value; undefined after a refusal. */
function compileAttribute(config: ExpressionConfig, context: Context): Step | undefined {
  const place = placeOf(config, context);
  if (place === undefined) return undefined;
  if (place === null) return () => FAULT;
  if (typeof place === 'function') return place;
  if (place.kind === 'value') return (evaluation) => presentOr(place.read(evaluation));
  const { whole } = place;
  if (whole !== null) return (evaluation) => presentOr(whole(evaluation));
  refused('an attribute that is no plain value', config, context);
  return undefined;
}

/** What an expression names: an attribute, a value, or null where it is a fault whatever comes; undefined after a refusal. */
function placeOf(config: ExpressionConfig, context: Context): Attribute | Step | null | undefined {
  const kind = config.exprKind;
  switch (kind.case) {
    case 'identExpr':
      if (kind.value.name === '') return lacking('an attribute without a name', config, context);
      if (context.block.parts !== null && kind.value.name.startsWith('@index'))
        return partOf(kind.value.name, context.block.parts, config, context);
      return known(rootOf(kind.value.name, context), kind.value.name, config, context);
    case 'selectExpr': {
      const { operand, field, testOnly } = kind.value;
      if (field === '') return lacking('a member without a name', config, context);
      if (operand === undefined) return lacking('a member of nothing', config, context);
      const named = testOnly ? undefined : ENUM_VALUES.get(nameOf(config) ?? '');
      const outer = named === undefined ? placeOf(operand, context) : null;
      if (named !== undefined || outer === undefined) return named;
      return memberOf(outer, field, testOnly ? 'tested' : 'selected', config, context);
    }
    case 'callExpr': {
      const { function: name, target, args } = kind.value;
      const [first, second, ...more] = target === undefined ? args : [target, ...args];
      const key = second?.exprKind.case === 'constExpr' ? second.exprKind.value.constantKind : undefined;
      if (name !== '_[_]' || first === undefined || key?.case !== 'stringValue' || more.length > 0) break;
      const outer = placeOf(first, context);
      return outer === undefined ? undefined : memberOf(outer, key.value, 'indexed', config, context);
    }
  }
  return compile(config, context) ?? undefined;
}

function compileCall(call: Call, about: ExpressionConfig, context: Context): Step | null {
  const { function: name, target } = qualified(call);
  if (name === BLOCK && target === undefined) return compileBlock(call.args, about, context);
  const operands = target === undefined ? call.args : [target, ...call.args];
  const [first, second] = operands;
  if (name === '_[_]' && operands.length === 2 && isText(second))
    return compileAttribute(about, context) ?? null;
  if (name === 'matches' && operands.length === 2 && isText(second))
    return compileMatch(operands, about, context);
  if (REGEX_NAMES.has(name) && isText(second)) context.memo.patterns.keep(textOf(second) as string);
  if (IN.has(name) && target === undefined && operands.length === 2 && isText(first)) {
    const found = compileHas(operands as [ExpressionConfig, ExpressionConfig], context);
    if (found !== null) return found ?? null;
  }
  const compiled = compileAll(operands, context);
  if (compiled === null) return null;
  const special = target === undefined ? compileLogic(name, compiled) : null;
  if (special !== null) return special;
  const operation = operationOf(name, target !== undefined, operands.length, context.options);
  if (operation === null) return refused(`\`${name}\``, about, context, 'refuses');
  if (operation === 'not done') return refused(`\`${name}\``, about, context);
  if (REGEX_NAMES.has(name) && isText(second) && isNoPattern(textOf(second) as string))
    return strictly(compiled, () => FAULT);
  return strictly(compiled, operation);
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
): Step | undefined {
  const [, digits] = /^@index(\d+)$/.exec(name) ?? [];
  const index = Number(digits);
  const part = parts[index];
  return part === undefined
    ? lacking(`\`${name}\``, about, context)
    : (evaluation) => valueOfPart(index, part, evaluation);
}

const IN = new Set(['@in', 'in', '_in_']);

/** `'x' in request.headers`: of attributes that are no value by themselves; null where it is another one's. */
function compileHas(
  [key, set]: readonly [ExpressionConfig, ExpressionConfig],
  context: Context,
): Step | null | undefined {
  const quiet = { ...context, block: { ...context.block }, refuse: () => {} };
  const outer = placeOf(set, quiet);
  if (typeof outer !== 'object' || outer === null || outer.kind !== 'branch') return null;
  if (outer.isMessage) return () => FAULT;
  const member = known(outer.member(textOf(key) as string), textOf(key) as string, set, context);
  if (member === undefined) return undefined;
  if (member === null) return () => false;
  return (evaluation) => isThere(member, evaluation);
}

/** A pattern that is written out is judged here and not at each request. */
function compileMatch(
  [text, pattern]: readonly ExpressionConfig[],
  about: ExpressionConfig,
  context: Context,
): Step | null {
  const said = textOf(pattern) as string;
  const step = compile(text, context);
  try {
    const folds = context.options === undefined && context.foldsNothing !== true;
    const matches = compileMatches(said, folds && isFolded(text));
    return step && ((evaluation) => matches(step(evaluation), evaluation));
  } catch (error) {
    context.refuse(`bad regular expression \`${said}\`: ${(error as Error).message}`, about);
    return null;
  }
}
