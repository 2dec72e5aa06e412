import type { Refuse } from '../match/index.ts';
import type { RbacSubject } from './condition.ts';
import type { ConstantKind, ExpressionConfig } from './expression-config.ts';
import { ExpressionMap, type ExpressionValue, FAULT, MEMBERS, rootOf } from './expression-value.ts';

/** A compiled CEL expression. A condition holds only where it comes to true; a fault is not true. */
export type Expression = (subject: RbacSubject) => ExpressionValue;

/**
 * Compiles a CEL expression from its syntax tree: constants, the attributes `request`, `metadata` and `connection`, members, `has`,
 * indices, lists, logic, comparison, `in`, `startsWith`, `endsWith`, `contains`, `size`. Everything else is refused by name.
 */
export function compileExpression(config: ExpressionConfig | undefined, refuse: Refuse): Expression | null {
  const kind = config?.exprKind;
  switch (kind?.case) {
    case 'constExpr':
      return compileConstant(kind.value.constantKind, config as object, refuse);
    case 'identExpr':
      return rootOf(kind.value.name) ?? refused(`\`${kind.value.name}\``, config as object, refuse);
    case 'selectExpr':
      return compileSelect(kind.value, config as object, refuse);
    case 'listExpr': {
      const elements = compileAll(kind.value.elements, refuse);
      return elements && ((subject) => elements.map((element) => element(subject)));
    }
    case 'callExpr':
      return compileCall(kind.value, config as object, refuse);
    default:
      return refused(`\`${kind?.case ?? 'an empty expression'}\``, config ?? {}, refuse);
  }
}

function refused(what: string, about: object, refuse: Refuse): null {
  refuse(`${what} in a CEL condition is not supported`, about, undefined, 'accepts');
  return null;
}

function compileAll(configs: readonly ExpressionConfig[], refuse: Refuse): Expression[] | null {
  const compiled = configs.map((one) => compileExpression(one, refuse));
  return compiled.includes(null) ? null : (compiled as Expression[]);
}

function compileConstant(constant: ConstantKind, about: object, refuse: Refuse): Expression | null {
  switch (constant.case) {
    case 'nullValue':
      return () => null;
    case 'boolValue':
    case 'int64Value':
    case 'stringValue': {
      const { value } = constant;
      return () => value;
    }
    default:
      return refused(`a constant of the kind \`${constant.case}\``, about, refuse);
  }
}

type Select = Extract<ExpressionConfig['exprKind'], { case: 'selectExpr' }>['value'];

function compileSelect(
  { operand, field, testOnly }: Select,
  about: object,
  refuse: Refuse,
): Expression | null {
  const root = operand?.exprKind.case === 'identExpr' ? operand.exprKind.value.name : null;
  if (root !== null && MEMBERS[root]?.has(field) === false)
    return refused(`\`${root}.${field}\``, about, refuse);
  const inner = compileExpression(operand, refuse);
  if (inner === null) return null;
  return (subject) => {
    const value = inner(subject);
    if (!(value instanceof ExpressionMap)) return FAULT;
    const member = value.get(field);
    return testOnly ? member !== undefined : (member ?? (member === null ? null : FAULT));
  };
}

type Call = Extract<ExpressionConfig['exprKind'], { case: 'callExpr' }>['value'];
type Operation = (values: readonly ExpressionValue[]) => ExpressionValue;

function compileCall(call: Call, about: object, refuse: Refuse): Expression | null {
  const operands = call.target === undefined ? call.args : [call.target, ...call.args];
  const compiled = compileAll(operands, refuse);
  if (compiled === null) return null;
  const name = `${call.function}/${operands.length}`;
  const [first, second, third] = compiled as [Expression, Expression, Expression];
  switch (name) {
    case '_&&_/2':
      return (subject) => decide(first, second, false, subject);
    case '_||_/2':
      return (subject) => decide(first, second, true, subject);
    case '_?_:_/3':
      return (subject) => {
        const condition = first(subject);
        return condition === true ? second(subject) : condition === false ? third(subject) : FAULT;
      };
  }
  const operation = OPERATIONS[name];
  if (operation === undefined) return refused(`\`${call.function}\``, about, refuse);
  return (subject) => {
    const values = compiled.map((one) => one(subject));
    return values.includes(FAULT) ? FAULT : operation(values);
  };
}

/** Either side may settle it, whatever the other comes to, a fault too. */
function decide(
  first: Expression,
  second: Expression,
  settles: boolean,
  subject: RbacSubject,
): ExpressionValue {
  const left = first(subject);
  if (left === settles) return settles;
  const right = second(subject);
  if (right === settles) return settles;
  return left === !settles && right === !settles ? !settles : FAULT;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '!_/1': ([value]) => (typeof value === 'boolean' ? !value : FAULT),
  '_==_/2': ([a, b]) => equal(a, b),
  '_!=_/2': ([a, b]) => negate(equal(a, b)),
  '_<_/2': ([a, b]) => order(a, b, (sign) => sign < 0),
  '_<=_/2': ([a, b]) => order(a, b, (sign) => sign <= 0),
  '_>_/2': ([a, b]) => order(a, b, (sign) => sign > 0),
  '_>=_/2': ([a, b]) => order(a, b, (sign) => sign >= 0),
  '@in/2': ([element, set]) => includes(element, set),
  '_[_]/2': ([value, index]) => memberAt(value, index),
  'startsWith/2': ([text, part]) => onTexts(text, part, (a, b) => a.startsWith(b)),
  'endsWith/2': ([text, part]) => onTexts(text, part, (a, b) => a.endsWith(b)),
  'contains/2': ([text, part]) => onTexts(text, part, (a, b) => a.includes(b)),
  'size/1': ([value]) => {
    if (typeof value === 'string') return BigInt([...value].length);
    return Array.isArray(value) ? BigInt(value.length) : FAULT;
  },
};

const negate = (value: boolean | typeof FAULT) => (value === FAULT ? FAULT : !value);

function isNumber(value: ExpressionValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Numbers of different types are compared by their values, other values of different types are unequal. */
function equal(a: ExpressionValue | undefined, b: ExpressionValue | undefined): boolean | typeof FAULT {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) === 0;
  if (a instanceof ExpressionMap || b instanceof ExpressionMap) return FAULT;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    const members = a.map((one, index) => equal(one, b[index]));
    return members.includes(false) ? false : members.includes(FAULT) ? FAULT : true;
  }
  return a === b;
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function order(
  a: ExpressionValue | undefined,
  b: ExpressionValue | undefined,
  test: (sign: number) => boolean,
): boolean | typeof FAULT {
  if (isNumber(a) && isNumber(b)) return test(compareNumbers(a, b));
  if (typeof a !== 'string' || typeof b !== 'string') return FAULT;
  return test(Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function includes(
  element: ExpressionValue | undefined,
  set: ExpressionValue | undefined,
): boolean | typeof FAULT {
  if (set instanceof ExpressionMap)
    return typeof element === 'string' ? set.get(element) !== undefined : FAULT;
  if (!Array.isArray(set)) return FAULT;
  return set.some((one: ExpressionValue) => equal(element, one) === true);
}

function memberAt(value: ExpressionValue | undefined, index: ExpressionValue | undefined): ExpressionValue {
  if (value instanceof ExpressionMap && typeof index === 'string') {
    const member = value.get(index);
    return member === undefined ? FAULT : member;
  }
  if (!Array.isArray(value) || typeof index !== 'bigint') return FAULT;
  const member: ExpressionValue | undefined = value[Number(index)];
  return member === undefined ? FAULT : member;
}

function onTexts(
  text: ExpressionValue | undefined,
  part: ExpressionValue | undefined,
  test: (text: string, part: string) => boolean,
): boolean | typeof FAULT {
  return typeof text === 'string' && typeof part === 'string' ? test(text, part) : FAULT;
}
