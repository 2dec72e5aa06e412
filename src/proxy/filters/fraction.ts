import type { RuntimeFractionalPercent } from '#schema/envoy/config/core/v3/base_pb.js';
import { FractionalPercent_DenominatorType as Denominator } from '#schema/envoy/type/v3/percent_pb.js';

/** A part of all requests, drawn one by one. */
export interface Fraction {
  /** For a person: `100 %`. */
  readonly text: string;
  /** Whether one request belongs to it. */
  draw(): boolean;
}

const SIZES: Readonly<Record<Denominator, number>> = {
  [Denominator.HUNDRED]: 100,
  [Denominator.TEN_THOUSAND]: 10_000,
  [Denominator.MILLION]: 1_000_000,
};

/**
 * Compiles a RuntimeFractionalPercent: its `default_value`, for there is no runtime that could say otherwise.
 * @param absent what holds where it is not set
 * @param random a number from 0 to below 1
 */
export function compileFraction(
  config: RuntimeFractionalPercent | undefined,
  absent: 'all' | 'none',
  random: () => number = Math.random,
): Fraction {
  const value = config?.defaultValue;
  const share =
    config === undefined
      ? Number(absent === 'all')
      : (value?.numerator ?? 0) / SIZES[value?.denominator ?? 0];
  const text = `${Math.min(share, 1) * 100} %`;
  if (share <= 0) return { text, draw: () => false };
  return share >= 1 ? { text, draw: () => true } : { text, draw: () => random() < share };
}
