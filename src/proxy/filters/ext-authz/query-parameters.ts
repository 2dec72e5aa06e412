import type { Line } from './answer.ts';

/**
 * Changes the parameters of a path's query and writes it anew: by name in the order of bytes, a name's values in their order, all as
 * they came and each with its `=` (Envoy: QueryParamsMulti).
 */
export function changeQuery(
  path: string,
  { set, remove }: { set: readonly Line[]; remove: readonly string[] },
): string {
  const mark = path.indexOf('?');
  const parameters = mark < 0 ? [] : parseQuery(path.slice(mark + 1));
  const byName = Map.groupBy(parameters, ([name]) => name);
  for (const line of set) byName.set(line[0], [line]);
  for (const name of remove) byName.delete(name);
  const names = [...byName.keys()].sort((a, b) => (a < b ? -1 : 1));
  const query = names.flatMap((name) => byName.get(name) ?? []).map(([name, value]) => `${name}=${value}`);
  const bare = mark < 0 ? path : path.slice(0, mark);
  return query.length === 0 ? bare : `${bare}?${query.join('&')}`;
}

function parseQuery(query: string): Line[] {
  const parts = query.split('&');
  // What stands behind the last `&` is none where it is empty.
  if (parts.at(-1) === '') parts.pop();
  return parts.map((part): Line => {
    const at = part.indexOf('=');
    return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
  });
}
