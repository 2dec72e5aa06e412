/**
 * Says how deep the block under `table: |` is indented. YAML would take that from its first line, which in a table is the row of
 * names and starts further in than the others.
 */
export function indentTable(text: string): string {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => /^table:\s*\|\s*$/.test(line));
  if (head < 0) return text;
  const depth = depthOf(lines.slice(head + 1));
  if (depth >= 1 && depth <= 9) lines[head] = (lines[head] as string).replace('|', `|${depth}`);
  return lines.join('\n');
}

function depthOf(lines: readonly string[]): number {
  let depth = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const text = line.trimStart();
    if (text.trim() === '') continue;
    const indent = line.length - text.length;
    if (indent === 0) break;
    depth = Math.min(depth, indent);
  }
  return depth;
}
