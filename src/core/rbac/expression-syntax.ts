import type { ExpressionConfig, MapEntryConfig } from './expression-config.ts';

/** A list that is spelled out. */
export type List = Extract<ExpressionConfig['exprKind'], { case: 'listExpr' }>['value'];

/** A map or a message that is spelled out. */
export type Struct = Extract<ExpressionConfig['exprKind'], { case: 'structExpr' }>['value'];

/** A member that is asked for by its name. */
export type Select = Extract<ExpressionConfig['exprKind'], { case: 'selectExpr' }>['value'];

/** A call of a function. */
export type Call = Extract<ExpressionConfig['exprKind'], { case: 'callExpr' }>['value'];

/** The function of `compileBlock`. */
export const BLOCK = 'cel.@block';

/** `a.b.c`; null where it is more than names. */
export function nameOf(config: ExpressionConfig | undefined): string | null {
  const kind = config?.exprKind;
  if (kind?.case === 'identExpr') return kind.value.name;
  if (kind?.case !== 'selectExpr' || kind.value.testOnly) return null;
  const outer = nameOf(kind.value.operand);
  return outer === null ? null : `${outer}.${kind.value.field}`;
}

/** `re.extract(…)` is a function of that name, though it looks like one of a value `re`. */
export function qualified({ function: name, target }: Call): Pick<Call, 'function' | 'target'> {
  const full = `${nameOf(target) ?? ''}.${name}`;
  return REGEX_NAMES.has(full) || full === BLOCK
    ? { function: full, target: undefined }
    : { function: name, target };
}

/** Functions whose second operand is a pattern. */
export const REGEX_NAMES = new Set(['re.extract', 're.capture', 're.captureN']);

/** A text that is written out; null for anything else. */
export function textOf(config: ExpressionConfig | undefined): string | null {
  const constant = config?.exprKind.case === 'constExpr' ? config.exprKind.value.constantKind : undefined;
  return constant?.case === 'stringValue' ? constant.value : null;
}

/** `a['b']`, taken apart; null for any other call. */
export function indexOf({
  function: name,
  target,
  args,
}: Call): { outer: ExpressionConfig; key: string } | null {
  const [outer, index, ...more] = target === undefined ? args : [target, ...args];
  const key = textOf(index);
  return name === '_[_]' && outer !== undefined && key !== null && more.length === 0 ? { outer, key } : null;
}

/** Whether it is a name, and members of it by names and texts: `a.b['c']`. */
export function isPath(config: ExpressionConfig | undefined): boolean {
  const kind = config?.exprKind;
  if (kind?.case === 'selectExpr') return isPath(kind.value.operand);
  if (kind?.case === 'callExpr') return isPath(indexOf(kind.value)?.outer);
  return kind?.case === 'identExpr';
}

/** Envoy comes to it before requests do, where `cel_config` is not said: it is made of constants and takes no choice. */
export function isFolded(config: ExpressionConfig | undefined): boolean {
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
