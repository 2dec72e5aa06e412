import type { RuntimeFractionalPercent } from '#schema/envoy/config/core/v3/base_pb.js';
import { FractionalPercent_DenominatorType as Denominator } from '#schema/envoy/type/v3/percent_pb.js';
import type { Chance } from '../chance.ts';

/** A part of all requests, drawn one by one. */
export interface Fraction {
  /** For a person: `100 %`. */
  readonly text: string;
  /** How many of how many. */
  readonly numerator: number;
  readonly size: number;
  /** Whether one request belongs to it. */
  draw(stream: { readonly chance: Chance }): boolean;
}

/** Of how many a FractionalPercent counts. */
export const FRACTION_SIZES: Readonly<Record<Denominator, number>> = {
  [Denominator.HUNDRED]: 100,
  [Denominator.TEN_THOUSAND]: 10_000,
  [Denominator.MILLION]: 1_000_000,
};

/**
 * Compiles a RuntimeFractionalPercent: its `default_value`, for what the runtime says has been put there.
 * @param absent what holds where it is not set
 */
export function compileFraction(
  config: RuntimeFractionalPercent | undefined,
  absent: 'all' | 'none',
): Fraction {
  const value = config?.defaultValue;
  const size = FRACTION_SIZES[value?.denominator ?? Denominator.HUNDRED];
  const asked = config === undefined ? (absent === 'all' ? size : 0) : (value?.numerator ?? 0);
  const numerator = Math.min(asked, size);
  const parts = { text: `${(numerator * 100) / size} %`, numerator, size };
  if (numerator === 0) return { ...parts, draw: () => false };
  if (numerator === size) return { ...parts, draw: () => true };
  return { ...parts, draw: ({ chance }) => chance.draws(numerator / size) };
}
