import { splitQuery } from '../../http/query.ts';
import type { Line } from './answer.ts';

/**
 * Changes the parameters of a path's query and writes it anew: by name in the order of bytes, a name's values in their order, all as
 * they came and each with its `=` (Envoy: QueryParamsMulti).
 */
export function changeQuery(
  path: string,
  { set, remove }: { set: readonly Line[]; remove: readonly string[] },
): string {
  const byName = Map.groupBy(splitQuery(path), ({ name }) => name);
  for (const [name, value] of set) byName.set(name, [{ name, value }]);
  for (const name of remove) byName.delete(name);
  const names = [...byName.keys()].sort((a, b) => (a < b ? -1 : 1));
  const query = names.flatMap((name) => byName.get(name) ?? []).map(({ name, value }) => `${name}=${value}`);
  const bare = path.split('?', 1)[0] as string;
  return query.length === 0 ? bare : `${bare}?${query.join('&')}`;
}
