/** Two lines of a header whose lines are joined; an empty one leaves no comma (Envoy: header_map_impl.cc, appendToHeader). */
export function joinLines(before: string, line: string): string {
  return before === '' ? line : line === '' ? before : `${before},${line}`;
}
