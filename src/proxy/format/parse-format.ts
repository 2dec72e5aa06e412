/** A piece of a format: text, or an operator. */
export type FormatPiece =
  | { text: string }
  | { operator: string; name: string; argument: string | undefined; length: number | undefined; at: number };

/** An argument goes as far as it must: it may have parentheses in it. */
const OPERATOR = /%(?:%|([A-Z0-9_]+)(?:\(([^\n]*?)\))?(?::(\d+))?%)/y;

/** Lengths that fit no 64 bits are none. */
const LENGTH_END = 2n ** 64n;

/**
 * Takes a format apart (Envoy: substitution_formatter.cc, SubstitutionFormatParser).
 * @returns the pieces, or where a `%` begins no operator
 */
export function parseFormat(format: string): FormatPiece[] | { strayAt: number } {
  const pieces: FormatPiece[] = [];
  let text = '';
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf('%', at);
    if (percent < 0) break;
    text += format.slice(at, percent);
    OPERATOR.lastIndex = percent;
    const found = OPERATOR.exec(format);
    if (found === null) return { strayAt: percent };
    const [operator, name, argument, length] = found;
    if (length !== undefined && BigInt(length) >= LENGTH_END) return { strayAt: percent };
    at = percent + operator.length;
    if (name === undefined) {
      text += '%';
      continue;
    }
    if (text !== '') pieces.push({ text });
    text = '';
    pieces.push({
      operator,
      name,
      argument,
      length: length === undefined ? undefined : Number(length),
      at: percent,
    });
  }
  text += format.slice(at);
  if (text !== '') pieces.push({ text });
  return pieces;
}
