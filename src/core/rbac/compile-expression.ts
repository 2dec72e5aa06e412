import type { Refuse } from '../match/index.ts';
import type { RbacSubject } from './condition.ts';
import { type Attribute, type AttributeContext, presentOr, rootOf } from './expression-attributes.ts';
import type { ConstantKind, ExpressionConfig } from './expression-config.ts';
import { compileMatches, type ExpressionOptions, operationOf } from './expression-functions.ts';
import { Bytes, ExpressionMap, type ExpressionValue, FAULT, Uint } from './expression-value.ts';

/** A compiled CEL expression. A condition holds only where it comes to true; a fault is not true. */
export type Expression = (subject: RbacSubject) => ExpressionValue;

export interface ExpressionContext extends AttributeContext {
  refuse: Refuse;
  options?: ExpressionOptions | undefined;
}

/**
 * Compiles a CEL expression from its syntax tree, as Envoy's builder takes it: no comprehensions, strings and lists are not joined. What
 * Envoy does and this does not is refused by name (docs/envoy-support.md).
 */
export function compileExpression(
  config: ExpressionConfig | undefined,
  context: ExpressionContext,
): Expression | null {
  const kind = config?.exprKind;
  switch (kind?.case) {
    case 'constExpr':
      return compileConstant(kind.value.constantKind, config as object, context);
    case 'listExpr': {
      const elements = compileAll(kind.value.elements, context);
      return elements && ((subject) => strictly(elements, subject, (values) => [...values]));
    }
    case 'structExpr':
      return compileMap(kind.value, config as object, context);
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

function refused(
  what: string,
  about: object,
  { refuse }: ExpressionContext,
  envoy: 'accepts' | 'refuses' = 'accepts',
): null {
  refuse(`${what} in a CEL condition is not supported`, about, undefined, envoy);
  return null;
}

function compileAll(configs: readonly ExpressionConfig[], context: ExpressionContext): Expression[] | null {
  const compiled = configs.map((one) => compileExpression(one, context));
  return compiled.includes(null) ? null : (compiled as Expression[]);
}

function strictly(
  operands: readonly Expression[],
  subject: RbacSubject,
  operation: (values: readonly ExpressionValue[]) => ExpressionValue,
): ExpressionValue {
  const values = operands.map((one) => one(subject));
  return values.includes(FAULT) ? FAULT : operation(values);
}

function compileConstant(
  constant: ConstantKind,
  about: object,
  context: ExpressionContext,
): Expression | null {
  const value = constantOf(constant);
  if (value !== undefined) return () => value;
  const envoy = constant.case === undefined ? 'refuses' : 'accepts';
  return refused(`a constant of the kind \`${constant.case ?? 'none'}\``, about, context, envoy);
}

function constantOf(constant: ConstantKind): ExpressionValue | undefined {
  switch (constant.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'int64Value':
    case 'stringValue':
    case 'doubleValue':
      return constant.value;
    case 'uint64Value':
      return new Uint(constant.value);
    case 'bytesValue':
      return new Bytes(Buffer.from(constant.value).toString('latin1'));
    default:
      return undefined;
  }
}

type Struct = Extract<ExpressionConfig['exprKind'], { case: 'structExpr' }>['value'];

function compileMap(config: Struct, about: object, context: ExpressionContext): Expression | null {
  if (config.messageName !== '') return refused(`the message \`${config.messageName}\``, about, context);
  const pairs: Expression[][] = [];
  for (const { keyKind, value } of config.entries) {
    if (keyKind.case !== 'mapKey') return refused('a map of this kind', about, context);
    if (value === undefined) return refused('a map entry without a value', about, context, 'refuses');
    const pair = compileAll([keyKind.value, value], context);
    if (pair === null) return null;
    pairs.push(pair);
  }
  return (subject) => {
    const entries = pairs.map(([key, value]) => [key?.(subject) ?? null, value?.(subject) ?? null] as const);
    return ExpressionMap.of(entries);
  };
}

/** An attribute, or a member of a value; undefined after a refusal. */
function compileAttribute(config: ExpressionConfig, context: ExpressionContext): Expression | undefined {
  const place = placeOf(config, context);
  if (place === undefined) return undefined;
  if (place === null) return () => FAULT;
  if (typeof place === 'function') return place;
  if (place.kind === 'value') return (subject) => presentOr(place.read(subject));
  refused('an attribute that is no plain value', config, context);
  return undefined;
}

/** What an expression names: an attribute, a value, or null where it is a fault whatever comes; undefined after a refusal. */
function placeOf(
  config: ExpressionConfig,
  context: ExpressionContext,
): Attribute | Expression | null | undefined {
  const kind = config.exprKind;
  switch (kind.case) {
    case 'identExpr':
      if (kind.value.name === '') return lacking('an attribute without a name', config, context);
      return known(rootOf(kind.value.name, context), kind.value.name, config, context);
    case 'selectExpr': {
      const { operand, field, testOnly } = kind.value;
      if (field === '') return lacking('a member without a name', config, context);
      if (operand === undefined) return lacking('a member of nothing', config, context);
      const outer = placeOf(operand, context);
      return outer === undefined ? undefined : memberOf(outer, field, testOnly, config, context);
    }
    case 'callExpr': {
      const { function: name, target, args } = kind.value;
      const [first, second] = target === undefined ? args : [target, ...args];
      const key = second?.exprKind.case === 'constExpr' ? second.exprKind.value.constantKind : undefined;
      if (name !== '_[_]' || first === undefined || key?.case !== 'stringValue') break;
      const outer = placeOf(first, context);
      return outer === undefined ? undefined : memberOf(outer, key.value, false, config, context);
    }
  }
  return compileExpression(config, context) ?? undefined;
}

function lacking(what: string, about: object, context: ExpressionContext): undefined {
  refused(what, about, context, 'refuses');
}

function known(
  found: Attribute | null | 'not done',
  name: string,
  about: object,
  context: ExpressionContext,
): Attribute | null | undefined {
  if (found !== 'not done') return found;
  refused(`\`${name}\``, about, context);
  return undefined;
}

function memberOf(
  outer: Attribute | Expression | null,
  key: string,
  testOnly: boolean,
  about: ExpressionConfig,
  context: ExpressionContext,
): Attribute | Expression | null | undefined {
  if (outer === null) return null;
  if (typeof outer !== 'function' && outer.kind === 'branch') {
    const member = known(outer.member(key), key, about, context);
    if (!testOnly || member === undefined) return member;
    if (member === null) return () => false;
    return member.kind === 'branch' ? () => true : (subject) => member.read(subject) !== undefined;
  }
  const read = typeof outer === 'function' ? outer : (subject: RbacSubject) => presentOr(outer.read(subject));
  return (subject) => {
    const value = read(subject);
    if (!(value instanceof ExpressionMap)) return FAULT;
    const member = value.get(key);
    return testOnly ? member !== undefined : presentOr(member);
  };
}

type Call = Extract<ExpressionConfig['exprKind'], { case: 'callExpr' }>['value'];

function compileCall(call: Call, about: ExpressionConfig, context: ExpressionContext): Expression | null {
  const { function: name, target } = call;
  const operands = target === undefined ? call.args : [target, ...call.args];
  const [first, second] = operands;
  if (name === '_[_]' && operands.length === 2 && isText(second))
    return compileAttribute(about, context) ?? null;
  if (name === 'matches' && operands.length === 2) return compileMatch(operands, about, context);
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
  return (subject) => strictly(compiled, subject, operation);
}

const IN = new Set(['@in', 'in', '_in_']);

const isText = (config: ExpressionConfig | undefined) =>
  config?.exprKind.case === 'constExpr' && config.exprKind.value.constantKind.case === 'stringValue';

const textOf = (config: ExpressionConfig | undefined) =>
  constantOf(
    config?.exprKind.case === 'constExpr' ? config.exprKind.value.constantKind : { case: undefined },
  );

/** `'x' in request.headers`: of attributes that are no value by themselves; null where it is another one's. */
function compileHas(
  [key, set]: readonly [ExpressionConfig, ExpressionConfig],
  context: ExpressionContext,
): Expression | null | undefined {
  const quiet = { ...context, refuse: () => {} };
  const outer = placeOf(set, quiet);
  if (typeof outer !== 'object' || outer === null || outer.kind !== 'branch') return null;
  const member = known(outer.member(textOf(key) as string), textOf(key) as string, set, context);
  if (member === undefined) return undefined;
  if (member === null || member.kind === 'branch') return () => member !== null;
  return (subject) => member.read(subject) !== undefined;
}

/** The pattern has to be written out, so that it is judged here and not at each request. */
function compileMatch(
  [text, pattern]: readonly ExpressionConfig[],
  about: ExpressionConfig,
  context: ExpressionContext,
): Expression | null {
  const said = textOf(pattern);
  if (typeof said !== 'string') return refused('`matches` by a pattern that is no constant', about, context);
  const subjectText = compileExpression(text, context);
  try {
    const operation = compileMatches(said);
    return subjectText && ((subject) => strictly([subjectText], subject, operation));
  } catch (error) {
    context.refuse(`bad regular expression \`${said}\`: ${(error as Error).message}`, about);
    return null;
  }
}

function compileLogic(name: string, operands: readonly Expression[]): Expression | null {
  const [first, second, third] = operands as [Expression, Expression, Expression];
  switch (name) {
    case '_&&_':
    case '_||_':
      return operands.length < 2 ? null : (subject) => decide(operands, name === '_||_', subject);
    case '@not_strictly_false':
    case '__not_strictly_false__':
      return operands.length === 1 ? (subject) => notStrictlyFalse(first(subject)) : null;
    case '_?_:_':
      if (operands.length !== 3) return null;
      return (subject) => {
        const condition = first(subject);
        return condition === true ? second(subject) : condition === false ? third(subject) : FAULT;
      };
    default:
      return null;
  }
}

const notStrictlyFalse = (value: ExpressionValue): ExpressionValue =>
  value === FAULT ? true : typeof value === 'boolean' ? value : FAULT;

/** Any of them may settle it, whatever the others come to, a fault too. */
function decide(operands: readonly Expression[], settles: boolean, subject: RbacSubject): ExpressionValue {
  let isSound = true;
  for (const operand of operands) {
    const value = operand(subject);
    if (value === settles) return settles;
    isSound &&= value === !settles;
  }
  return isSound ? !settles : FAULT;
}
