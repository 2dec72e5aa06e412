/** A port number in decimal digits, leading zeros allowed, 0 to 65535; null for anything else (`+80`, ` 80`). */
export function parsePort(text: string): number | null {
  if (!/^\d+$/.test(text)) return null;
  const port = Number(text);
  return port <= 65535 ? port : null;
}
