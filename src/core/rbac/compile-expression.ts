import type { Refuse } from '../match/index.ts';
import { buildMessage, fieldsOf } from './compile-message.ts';
import type { Evaluation, ExpressionMemo, Operation, Step } from './evaluation.ts';
import {
  type Attribute,
  type AttributeContext,
  ENUM_VALUES,
  isThere,
  presentOr,
  rootOf,
} from './expression-attributes.ts';
import type { ConstantKind, ExpressionConfig, MapEntryConfig } from './expression-config.ts';
import { constantOf } from './expression-constant.ts';
import { type ExpressionOptions, operationOf } from './expression-functions.ts';
import { isNoPattern, Patterns } from './expression-patterns.ts';
import { compileMatches } from './expression-regex.ts';
import {
  AttributeMap,
  ExpressionMap,
  type ExpressionValue,
  FAULT,
  MessageValue,
  mapOf,
} from './expression-value.ts';
import { type Field, mayBeOfEnvoy } from './message-types.ts';
import { TimeZones } from './time-zone.ts';

/** A compiled CEL expression. A condition holds only where it comes to true; a fault is not true. */
export interface Expression {
  readonly root: Step;
  readonly memo: ExpressionMemo;
}

/** What compiling an expression asks of its surroundings. */
export interface ExpressionContext extends AttributeContext {
  refuse: Refuse;
  options?: ExpressionOptions | undefined;
  /** Nothing is evaluated before requests come, as of a CEL matcher. */
  foldsNothing?: boolean;
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

interface Context extends ExpressionContext {
  memo: ExpressionMemo;
  block: Block;
}

/** Of `cel.@block`, which there is once in an expression. */
interface Block {
  isUsed: boolean;
  /** What `@index0` and so on stand for; null: outside of it. */
  parts: readonly Step[] | null;
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

function refused(
  what: string,
  about: object,
  { refuse }: Context,
  envoy: 'accepts' | 'refuses' = 'accepts',
): null {
  refuse(`${what} in a CEL condition is not supported`, about, undefined, envoy);
  return null;
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

type List = Extract<ExpressionConfig['exprKind'], { case: 'listExpr' }>['value'];

function compileList({ elements: configs, optionalIndices }: List, context: Context): Step | null {
  const compiled = compileAll(configs, context);
  if (compiled === null) return null;
  const elements = compiled.map((one, index) => (optionalIndices?.includes(index) ? faultAfter(one) : one));
  return strictly(elements, (values) => [...values]);
}

type Struct = Extract<ExpressionConfig['exprKind'], { case: 'structExpr' }>['value'];

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
    return ExpressionMap.of(entries);
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

/** How a member is asked for: `a.b`, `a['b']`, `has(a.b)`. */
type Asked = 'selected' | 'indexed' | 'tested';

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

/** `a.b.c`; null where it is more than names. */
function nameOf(config: ExpressionConfig | undefined): string | null {
  const kind = config?.exprKind;
  if (kind?.case === 'identExpr') return kind.value.name;
  if (kind?.case !== 'selectExpr' || kind.value.testOnly) return null;
  const outer = nameOf(kind.value.operand);
  return outer === null ? null : `${outer}.${kind.value.field}`;
}

function lacking(what: string, about: object, context: Context): undefined {
  refused(what, about, context, 'refuses');
}

function known(
  found: Attribute | null | 'not done',
  name: string,
  about: object,
  context: Context,
): Attribute | null | undefined {
  if (found !== 'not done') return found;
  refused(`\`${name}\``, about, context);
  return undefined;
}

function memberOf(
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

type Call = Extract<ExpressionConfig['exprKind'], { case: 'callExpr' }>['value'];

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

const BLOCK = 'cel.@block';

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

/** Once in each evaluation of the whole. */
function valueOfPart(index: number, part: Step, evaluation: Evaluation): ExpressionValue {
  evaluation.parts ??= [];
  const known = evaluation.parts[index];
  if (known !== undefined) return known;
  const value = part(evaluation);
  evaluation.parts[index] = value;
  return value;
}

/** `re.extract(…)` is a function of that name, though it looks like one of a value `re`. */
function qualified({ function: name, target }: Call): Pick<Call, 'function' | 'target'> {
  const full = `${nameOf(target) ?? ''}.${name}`;
  return REGEX_NAMES.has(full) || full === BLOCK
    ? { function: full, target: undefined }
    : { function: name, target };
}

const REGEX_NAMES = new Set(['re.extract', 're.capture', 're.captureN']);

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

/** Envoy comes to it before requests do, where `cel_config` is not said: it is made of constants and takes no choice. */
function isFolded(config: ExpressionConfig | undefined): boolean {
  const kind = config?.exprKind;
  switch (kind?.case) {
    case 'constExpr':
      return true;
    case 'listExpr':
      return kind.value.elements.every(isFolded);
    case 'structExpr':
      return kind.value.messageName === '' && kind.value.entries.every(isFoldedEntry);
    case 'callExpr': {
      const { args } = kind.value;
      const { function: name, target } = qualified(kind.value);
      return !NOT_FOLDED.has(name) && (target === undefined || isFolded(target)) && args.every(isFolded);
    }
    default:
      return false;
  }
}

const isFoldedEntry = ({ keyKind, value }: MapEntryConfig) =>
  keyKind.case === 'mapKey' && isFolded(keyKind.value) && isFolded(value);

/** Not evaluated before requests come, whatever they are made of. */
const NOT_FOLDED = new Set(['_&&_', '_||_', '_?_:_', BLOCK]);

function compileLogic(name: string, operands: readonly Step[]): Step | null {
  const [first, second, third] = operands as [Step, Step, Step];
  switch (name) {
    case '_&&_':
    case '_||_':
      return operands.length < 2 ? null : (evaluation) => decide(operands, name === '_||_', evaluation);
    case '@not_strictly_false':
    case '__not_strictly_false__':
      return operands.length === 1 ? (evaluation) => notStrictlyFalse(first(evaluation), evaluation) : null;
    case '_?_:_':
      if (operands.length !== 3) return null;
      return (evaluation) => {
        const condition = first(evaluation);
        return condition === true ? second(evaluation) : condition === false ? third(evaluation) : FAULT;
      };
    default:
      return null;
  }
}

/** What is in doubt may be false to Envoy. */
function notStrictlyFalse(value: ExpressionValue, { hasDoubt }: Evaluation): ExpressionValue {
  if (value === FAULT) return hasDoubt ? FAULT : true;
  return typeof value === 'boolean' ? value : FAULT;
}

/** Any of them may settle it, whatever the others come to, a fault too. */
function decide(operands: readonly Step[], settles: boolean, evaluation: Evaluation): ExpressionValue {
  let isSound = true;
  for (const operand of operands) {
    const value = operand(evaluation);
    if (value === settles) return settles;
    isSound &&= value === !settles;
  }
  return isSound ? !settles : FAULT;
}
