/** A text, or its characters. */
type Row = ArrayLike<string>;

/** Up to so many, a search that begins anew at each place costs little. */
const SHORT = 32;

/** Whether a text stands in another: both may be a client's, and as long as a head may be. */
export function isPartOf(part: string, text: string): boolean {
  return part.length <= SHORT ? text.includes(part) : placesOf(part, text).length > 0;
}

/** `text.split(by)`; `by` is not empty. */
export function splitBy(text: string, by: string): string[] {
  if (by.length <= SHORT) return text.split(by);
  const parts: string[] = [];
  let start = 0;
  for (const place of placesOf(by, text)) {
    // What overlaps the one before it is none.
    if (place < start) continue;
    parts.push(text.slice(start, place));
    start = place + by.length;
  }
  return [...parts, text.slice(start)];
}

/** All places at which a row stands in another, whatever both are in no more time than their lengths take (Knuth, Morris and Pratt). */
export function placesOf(wanted: Row, row: Row): number[] {
  const borders = bordersOf(wanted);
  const places: number[] = [];
  let matched = 0;
  for (let index = 0; index < row.length; index++) {
    const one = row[index];
    while (matched > 0 && wanted[matched] !== one) matched = borders[matched - 1] as number;
    if (wanted[matched] === one) matched++;
    if (matched === wanted.length) places.push(index + 1 - matched);
  }
  return places;
}

/** How much of each beginning of a row is at its end too, without being all of it. */
function bordersOf(row: Row): number[] {
  const borders = [0];
  let matched = 0;
  for (let index = 1; index < row.length; index++) {
    const one = row[index];
    while (matched > 0 && row[matched] !== one) matched = borders[matched - 1] as number;
    if (row[matched] === one) matched++;
    borders.push(matched);
  }
  return borders;
}
