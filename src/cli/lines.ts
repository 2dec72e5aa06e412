/** Characters of a line that are kept. A longer one is cut to one character more, so that its length tells. */
export const LINE_LENGTH_MAX = 16 * 1024 * 1024;

/**
 * Takes a text that comes in pieces apart into lines, ended by LF alone: whatever else stands in a line is the line's. Of a line that
 * is too long the start is given at once, and the rest of it is passed over, so that memory is bounded by `lengthMax`.
 */
export async function* splitLines(
  pieces: AsyncIterable<string>,
  lengthMax = LINE_LENGTH_MAX,
): AsyncGenerator<string> {
  let kept: string[] = [];
  let length = 0;
  let isOver = false;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const lf = piece.indexOf('\n', at);
      const end = lf < 0 ? piece.length : lf;
      if (!isOver && end > at) {
        kept.push(piece.slice(at, Math.min(end, at + lengthMax + 1 - length)));
        length += end - at;
      }
      if (!isOver && (lf >= 0 || length > lengthMax)) yield kept.join('');
      isOver = lf < 0 && (isOver || length > lengthMax);
      if (lf >= 0 || isOver) {
        kept = [];
        length = 0;
      }
      at = end + 1;
    }
  }
  if (length > 0) yield kept.join('');
}
