import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';

interface Place {
  parent: JsonObject | Json[];
  key: string | number;
  path: string;
}

const SCALARS: readonly Json[] = [
  '',
  0,
  -1,
  1,
  true,
  false,
  null,
  'x',
  '1s',
  '-1s',
  '[',
  'a b',
  '/',
  1e10,
  '\n',
];
const SHAPES: readonly Json[] = [{}, [], [{}], ['x'], { x: 1 }];

/**
 * Breaks a configuration in one place, which may or may not make it wrong.
 * @returns what was done and where
 */
export function mutateConfig(choose: Choose, manager: JsonObject): string {
  const places = placesOf(manager, '').filter(
    ({ path }) => !/@type|\/keys\/|cluster$|name$/.test(path) || choose.chance(0.1),
  );
  const { parent, key, path } = choose.pick(places);
  const before = valueAt(parent, key);
  return choose.weighted<string>([
    [4, () => remove(parent, key, path)],
    [4, () => replace(parent, key, path, changed(choose, before))],
    [2, () => replace(parent, key, path, choose.pick(SCALARS))],
    [1, () => replace(parent, key, path, choose.pick(SHAPES))],
    [1, () => duplicate(parent, key, path)],
    [1, () => addUnknown(choose, before, path)],
  ]);
}

function placesOf(value: Json, path: string): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((name) => {
    const key = Array.isArray(value) ? Number(name) : name;
    const here = `${path}/${name}`;
    return [{ parent: value, key, path: here }, ...placesOf(valueAt(value, key), here)];
  });
}

function valueAt(parent: JsonObject | Json[], key: string | number): Json {
  return (Array.isArray(parent) ? parent[key as number] : parent[key as string]) as Json;
}

/** A value of the same type, so that the configuration remains readable and may only be wrong. */
function changed(choose: Choose, before: Json): Json {
  switch (typeof before) {
    case 'string':
      return choose.pick([
        '',
        'x',
        'nobody',
        '[',
        '(?!a)',
        'a b',
        'a\nb',
        `${before}x`,
        before.slice(1),
        '/x',
        ':path',
        '0s',
        '-5s',
        '%X%',
      ]);
    case 'number':
      return choose.pick([0, -1, 1, 65536, 4294967296, 0.5, -before]);
    case 'boolean':
      return !before;
    default:
      return Array.isArray(before) ? before.slice(0, 1) : {};
  }
}

function replace(parent: JsonObject | Json[], key: string | number, path: string, value: Json): string {
  if (Array.isArray(parent)) parent[key as number] = value;
  else parent[key as string] = value;
  return `${path} = ${JSON.stringify(value)}`;
}

function remove(parent: JsonObject | Json[], key: string | number, path: string): string {
  if (Array.isArray(parent)) parent.splice(key as number, 1);
  else delete parent[key as string];
  return `${path} removed`;
}

function duplicate(parent: JsonObject | Json[], key: string | number, path: string): string {
  if (!Array.isArray(parent)) return remove(parent, key, path);
  parent.push(structuredClone(valueAt(parent, key)));
  return `${path} twice`;
}

function addUnknown(choose: Choose, value: Json, path: string): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'nothing';
  const name = choose.pick(['unknown_field', 'issuers', 'Prefix']);
  value[name] = 'x';
  return `${path}/${name} = "x"`;
}
