/** A text as part of `%RESPONSE_CODE_DETAILS%`: each of ASCII's blanks is a `_`, and no other character (Envoy: utility.cc). */
export function withoutBlanks(text: string): string {
  return text.replaceAll(/[\t-\r ]/g, '_');
}
