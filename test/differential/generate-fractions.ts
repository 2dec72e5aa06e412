import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';

const SIZES: Record<string, number> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 };

/** A RuntimeFractionalPercent that leaves nothing to chance: all requests, with a probability, or none. */
export function generateSureFraction(choose: Choose, all = 0.7): JsonObject {
  const size = choose.pick(Object.keys(SIZES));
  const value = {
    numerator: choose.chance(all) ? (SIZES[size] ?? 100) + choose.pick([0, 0, 1]) : 0,
    ...(size === 'HUNDRED' && choose.chance(0.5) ? {} : { denominator: size }),
  };
  return { default_value: value, ...choose.field(0.2, 'runtime_key', () => 'not.there') };
}

/** Whether somewhere in a configuration a fraction is neither all nor none. */
export function leavesToChance(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!Array.isArray(value) && 'numerator' in value) {
    const size = SIZES[String(value['denominator'] ?? 'HUNDRED')] ?? 100;
    const share = Number(value['numerator']);
    if (share > 0 && share < size) return true;
  }
  return Object.values(value).some((inside) => leavesToChance(inside as Json));
}
