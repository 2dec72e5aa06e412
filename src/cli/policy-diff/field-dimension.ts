import type { Atoms } from './atoms.ts';
import { combinations, type Dimension, type DimensionValue } from './dimension.ts';
import { representatives, type TextAtom } from './text-atom.ts';

/** Header fields and query parameters that are sent besides. */
export interface ExtraFields {
  headers: readonly (readonly [name: string, value: string])[];
  parameters: readonly (readonly [name: string, value: string])[];
}

const COMBINATIONS_MAX = 64;

interface Choice {
  kind: 'header' | 'parameter';
  name: string;
  /** Null: not there. */
  value: string | null;
}

/** Fields that the configurations look at, each absent or with one of the values that they tell apart. */
export function fieldDimension({ headers, parameters }: Pick<Atoms, 'headers' | 'parameters'>): {
  dimension: Dimension<ExtraFields>;
  complete: boolean;
} {
  const lists = [...choices('header', headers), ...choices('parameter', parameters)];
  const { rows, complete } = combinations(lists, COMBINATIONS_MAX);
  return { dimension: { name: 'fields', values: rows.map(labelled) }, complete };
}

function choices(kind: Choice['kind'], fields: ReadonlyMap<string, readonly TextAtom[]>): Choice[][] {
  return [...fields].map(([name, atoms]) =>
    [null, ...representatives(atoms).filter(isFieldValue)].map((value) => ({ kind, name, value })),
  );
}

const isFieldValue = (text: string) => /^[\u0021-\u007E]([\u0020-\u007E]*[\u0021-\u007E])?$/.test(text);

function labelled(row: readonly Choice[]): DimensionValue<ExtraFields> {
  const there = row.filter(({ value }) => value !== null);
  const of = (kind: Choice['kind']) =>
    there.filter((choice) => choice.kind === kind).map(({ name, value }) => [name, value ?? ''] as const);
  const label = there.map(({ kind, name, value }) =>
    kind === 'header' ? `${name}: ${value}` : `?${name}=${value}`,
  );
  return {
    label: label.length === 0 ? 'none' : label.join(', '),
    value: { headers: of('header'), parameters: of('parameter') },
  };
}
