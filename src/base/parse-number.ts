const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const HEXADECIMAL = /^([+-]?)0x(?=[.]?[0-9a-f])([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const NOT_A_NUMBER = /^[+-]?nan(?:\(\w*\))?$/i;
/** Beyond it every number that a header can hold is infinite or 0. */
const EXPONENT_MAX = 1e6;
/** Space that something stands behind is not tried from each of its places: a header may be full of it. */
const OUTER_SPACE = /^[\t-\r ]+|(?<![\t-\r ])[\t-\r ]+$/g;

/**
 * Reads what C's `strtod` takes for a number, hexadecimal ones, infinities and `nan` among it, with white space around it
 * (Envoy: absl::SimpleAtod). A rule about numbers must not be passed by the same number in other letters.
 * @returns undefined for anything else
 */
export function parseNumber(given: string): number | undefined {
  const text = given.replaceAll(OUTER_SPACE, '');
  if (DECIMAL.test(text)) return Number(text);
  const [, sign, digits = '', fraction = '', exponent = '0'] = HEXADECIMAL.exec(text) ?? [];
  if (sign !== undefined) return signed(sign, hexadecimal(digits, fraction, bounded(Number(exponent))));
  const infinite = INFINITE.exec(text)?.[1];
  if (infinite !== undefined) return signed(infinite, Number.POSITIVE_INFINITY);
  return NOT_A_NUMBER.test(text) ? Number.NaN : undefined;
}

const bounded = (exponent: number) => Math.max(-EXPONENT_MAX, Math.min(EXPONENT_MAX, exponent));

const signed = (sign: string, value: number) => (sign === '-' ? -value : value);

/** `digits.fraction` in base 16, times two to the power of `exponent`. */
function hexadecimal(digits: string, fraction: string, exponent: number): number {
  const whole = BigInt(`0x0${digits}${fraction}`);
  if (whole === 0n) return 0;
  // More bits than count for a double are one: whether there are any.
  const excess = Math.max(0, whole.toString(2).length - 64);
  const head = whole >> BigInt(excess);
  const isExact = head << BigInt(excess) === whole;
  const power = exponent - 4 * fraction.length + excess;
  // In two steps: either may be more than a double holds where both together are not.
  const half = Math.trunc(power / 2);
  return Number(isExact ? head : head | 1n) * 2 ** half * 2 ** (power - half);
}
