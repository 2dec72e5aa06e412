/** Words of configuration have longer pieces than what a generator gives. */
const PIECE_MIN = 2.6;
const HEX_MIN = 24;
/** Shorter segments say nothing. */
const SEGMENT_MIN = 8;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Whether a word looks as if a generator had made it: letters of both cases and digits in short pieces, or much hexadecimal. Type names
 * (`Http2ProtocolOptions`), paths, file names and identifiers of the UUID kind do not.
 */
export function isRandomText(word: string): boolean {
  if (UUID.test(word)) return false;
  if (/^[\da-f]+$/i.test(word)) return word.length >= HEX_MIN && /[a-f]/i.test(word) && /\d/.test(word);
  return word.split(/[-_/+=]/).some((segment) => segment.length >= SEGMENT_MIN && isMixed(segment));
}

function isMixed(segment: string): boolean {
  if (!/[a-z]/.test(segment) || !/[A-Z]/.test(segment) || !/\d/.test(segment)) return false;
  const pieces = segment.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
  return segment.length / pieces.length < PIECE_MIN;
}
