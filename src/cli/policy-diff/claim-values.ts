import type { JsonObject, JsonValue } from '../../core/jwt/index.ts';
import type { ClaimAtom } from './atoms.ts';
import { FRESH, representatives } from './text-atom.ts';

const VALUES_MAX = 24;

/** A claim's values of which policies can tell one from another; undefined: it is not there. The likeliest to pass comes first. */
export function claimValues(atoms: readonly ClaimAtom[]): (JsonValue | undefined)[] {
  const texts = atoms.flatMap((atom) => (atom.kind === 'text' ? [atom.atom] : []));
  const inList = atoms.some((atom) => atom.kind === 'text' && atom.inList);
  const singles = texts.length === 0 ? [] : representatives(texts).sort(freshLast);
  const literals = [...new Set(texts.filter(({ kind }) => kind !== 'regex').map(({ text }) => text))];
  const lists: JsonValue[] = inList
    ? [...singles.map((text) => [text]), literals, literals.join(' '), `${literals.join(' ')} ~other`]
    : [];
  const plain = atoms.flatMap((atom) => (atom.kind === 'value' ? [atom.value] : []));
  const values: (JsonValue | undefined)[] = [...singles, ...lists, ...plain, undefined];
  return distinct(values).slice(0, VALUES_MAX);
}

const freshLast = (a: string, b: string) => Number(a.includes(FRESH)) - Number(b.includes(FRESH));

function distinct(values: readonly (JsonValue | undefined)[]): (JsonValue | undefined)[] {
  const seen = new Map(values.map((value) => [JSON.stringify(value) ?? 'absent', value]));
  return [...seen.values()];
}

/** Puts a value at its way into the payload; nothing for undefined. */
export function withClaim(payload: JsonObject, path: string, value: JsonValue | undefined): JsonObject {
  if (value === undefined) return payload;
  const [head = '', ...rest] = path.split('/');
  if (rest.length === 0) return { ...payload, [head]: value };
  const inner = payload[head];
  const object = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
  return { ...payload, [head]: withClaim(object, rest.join('/'), value) };
}

export function claimText(path: string, value: JsonValue | undefined): string {
  const name = path.replaceAll('/', '.');
  return value === undefined
    ? `no ${name}`
    : `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
