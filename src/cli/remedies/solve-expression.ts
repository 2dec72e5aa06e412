import type { Expr } from '#schema/google/api/expr/v1alpha1/syntax_pb.js';
import type { TextAtom } from '../policy-diff/text-atom.ts';
import { type Alternative, constant, product, type Slot, type SlotValue, union } from './constraint.ts';
import type { MetadataWriters } from './solve-matchers.ts';

/** What a CEL expression reads of a request, one after the other: `request`, `headers`, `x-a`. */
type Way = readonly string[];

const FLIPPED: Readonly<Record<string, string>> = { '_==_': '_!=_', '_!=_': '_==_' };

/** What has to be so for a CEL condition to come to true, or not to. What is not seen through counts as free. */
export function expressionAlternatives(
  expression: Expr,
  want: boolean,
  writers: MetadataWriters,
): Alternative[] {
  const kind = expression.exprKind;
  if (kind.case === 'constExpr') return constant((kind.value.constantKind.value === true) === want);
  if (kind.case === 'selectExpr' && kind.value.testOnly) {
    return textAlternatives(wayOf(expression), [], (text) => (text !== undefined) === want, writers);
  }
  if (kind.case !== 'callExpr') return constant(true);
  const { target, args } = kind.value;
  const operands = target === undefined ? args : [target, ...args];
  const name = kind.value.function;
  const each = (wanted: boolean) => operands.map((one) => expressionAlternatives(one, wanted, writers));
  if (name === '_&&_') return want ? product(each(true)) : union(each(false));
  if (name === '_||_') return want ? union(each(true)) : product(each(false));
  if (name === '!_') return union(each(!want));
  return comparisonAlternatives(want ? name : (FLIPPED[name] ?? name), operands, want, writers);
}

function comparisonAlternatives(
  name: string,
  [left, right]: readonly Expr[],
  want: boolean,
  writers: MetadataWriters,
): Alternative[] {
  if (left === undefined || right === undefined) return constant(true);
  const isTurned = left.exprKind.case === 'constExpr';
  const way = wayOf(isTurned ? right : left);
  const texts = textsOf(isTurned ? left : right);
  const [text] = texts;
  if (text === undefined) return constant(true);
  const of = (kind: TextAtom['kind'], test: (value: string) => boolean) =>
    textAlternatives(
      way,
      texts.map((one) => ({ kind, text: one, ignoreCase: false })),
      (value) => (value !== undefined && test(value)) === want,
      writers,
    );
  switch (name) {
    case '_==_':
      return textAlternatives(way, exactly(texts), (value) => value === text, writers);
    case '_!=_':
      return textAlternatives(way, exactly(texts), (value) => value !== undefined && value !== text, writers);
    case '@in':
      return of('exact', (value) => texts.includes(value));
    case 'startsWith':
      return of('prefix', (value) => value.startsWith(text));
    case 'endsWith':
      return of('suffix', (value) => value.endsWith(text));
    case 'contains':
      return of('contains', (value) => value.includes(text));
    default:
      return constant(true);
  }
}

const exactly = (texts: readonly string[]): TextAtom[] =>
  texts.map((text) => ({ kind: 'exact', text, ignoreCase: false }));

function textsOf({ exprKind: kind }: Expr): string[] {
  if (kind.case === 'listExpr') return kind.value.elements.flatMap(textsOf);
  if (kind.case !== 'constExpr') return [];
  const { value } = kind.value.constantKind;
  return typeof value === 'string' ? [value] : [];
}

function wayOf({ exprKind: kind }: Expr): Way {
  switch (kind.case) {
    case 'identExpr':
      return [kind.value.name];
    case 'selectExpr':
      return kind.value.operand === undefined ? [] : [...wayOf(kind.value.operand), kind.value.field];
    case 'callExpr': {
      const [map, key] = kind.value.args;
      if (kind.value.function !== '_[_]' || map === undefined || key === undefined) return [];
      return [...wayOf(map), ...textsOf(key)];
    }
    default:
      return [];
  }
}

const PARTS: Readonly<Record<string, Slot['kind']>> = {
  path: 'target',
  url_path: 'path',
  method: 'method',
  host: 'host',
};

function textAlternatives(
  way: Way,
  atoms: readonly TextAtom[],
  test: (text: string | undefined) => boolean,
  { payloadKeys }: MetadataWriters,
): Alternative[] {
  const slot = slotOf(way, payloadKeys);
  if (slot === null) return constant(true);
  const constraint = {
    slot,
    test: (value: SlotValue) => test(typeof value === 'string' ? value : undefined),
    atoms,
    candidates: () => atoms.map(({ text }) => text),
  };
  return [[constraint]];
}

function slotOf([root, part = '', ...rest]: Way, payloadKeys: ReadonlySet<string>): Slot | null {
  const [first, second, claim] = rest;
  if (root === 'request' && part === 'headers' && first !== undefined) return { kind: 'header', name: first };
  const kind = PARTS[part];
  if (root === 'request' && rest.length === 0 && kind !== undefined) return { kind } as Slot;
  const isClaim =
    root === 'metadata' &&
    part === 'filter_metadata' &&
    first === 'envoy.filters.http.jwt_authn' &&
    second !== undefined &&
    payloadKeys.has(second) &&
    claim !== undefined &&
    rest.length === 3;
  return isClaim ? { kind: 'claim', payloadKey: second, claim } : null;
}
