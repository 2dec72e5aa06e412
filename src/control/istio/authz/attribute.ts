import type { Lineage, Value } from '../lineage.ts';

/** Why a value makes no matcher. In an ALLOW policy it costs the whole rule, elsewhere only itself (istio.md §2.6, error policy). */
export class Unfit {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** What a matcher is generated for. */
export interface Target {
  /** A TCP filter chain: nothing of HTTP exists there. */
  tcp: boolean;
  /** The peer's identity stands in filter state, not in the TLS session: waypoints. */
  peerInFilterState: boolean;
  /** Of the policy: where a service account without a namespace lives. */
  namespace: string;
  lineage: Lineage;
}

/** Generates the matchers of one attribute: of each value by itself, or of the whole list at once. */
export type Generator<Matcher> =
  | { each: (value: Value, target: Target) => Matcher | Unfit }
  | { all: (values: readonly Value[], target: Target) => Matcher | Unfit };

/** One line of a source, an operation or a `when`: its values match, its negated values do not. */
export interface Attribute<Matcher> {
  generator: Generator<Matcher>;
  values: Value[];
  notValues: Value[];
}

/** How the two kinds of matcher are put together; the only difference between permissions and principals. */
export interface Algebra<Matcher> {
  any(): Matcher;
  and(items: Matcher[]): Matcher;
  or(items: Matcher[]): Matcher;
  not(item: Matcher): Matcher;
}

export interface Errors {
  /** An unfit value loses its whole rule. */
  strict: boolean;
}

/** ANDs a list of attributes; an empty list matches anything. */
export function generateAll<Matcher extends object>(
  attributes: readonly Attribute<Matcher>[],
  algebra: Algebra<Matcher>,
  target: Target,
  errors: Errors,
): Matcher | Unfit {
  const items: Matcher[] = [];
  for (const { generator, values, notValues } of attributes) {
    const positive = generateList(generator, values, algebra, target, errors);
    if (positive instanceof Unfit) return positive;
    if (positive !== null) items.push(positive);
    const negative = generateList(generator, notValues, algebra, target, errors);
    if (negative instanceof Unfit) return negative;
    if (negative !== null) items.push(negated(negative, notValues, algebra, target));
  }
  return algebra.and(items.length > 0 ? items : [algebra.any()]);
}

function negated<Matcher extends object>(
  item: Matcher,
  values: readonly Value[],
  algebra: Algebra<Matcher>,
  { lineage }: Target,
): Matcher {
  return lineage.ofValue(algebra.not(item), values[0] as Value);
}

/** null: nothing is left to match, the attribute says nothing. */
function generateList<Matcher extends object>(
  generator: Generator<Matcher>,
  values: readonly Value[],
  algebra: Algebra<Matcher>,
  target: Target,
  errors: Errors,
): Matcher | Unfit | null {
  if (values.length === 0) return null;
  const first = values[0] as Value;
  if ('all' in generator) {
    const made = generator.all(values, target);
    if (made instanceof Unfit) return errors.strict ? made : null;
    return target.lineage.ofValue(made, first);
  }
  const items: Matcher[] = [];
  for (const value of values) {
    const made = generator.each(value, target);
    if (made instanceof Unfit) {
      if (errors.strict) return made;
      continue;
    }
    items.push(target.lineage.ofValue(made, value));
  }
  return items.length === 0 ? null : target.lineage.ofValue(algebra.or(items), first);
}
