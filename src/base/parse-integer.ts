/** No 64 bits have more digits: to make a number of all that a header holds takes time as the square of its length. */
const INTEGER = /^[\t-\r ]*([+-]?)0*(\d{1,20})[\t-\r ]*$/;

/**
 * Reads a decimal integer with a sign or without, leading zeros and white space around it (Envoy: absl::SimpleAtoi). Whether it fits 64 bits
 * is for the caller to say.
 * @returns undefined for anything else, and beyond 20 digits
 */
export function parseInteger(text: string): bigint | undefined {
  const [, sign, digits] = INTEGER.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return sign === '-' ? -BigInt(digits) : BigInt(digits);
}
