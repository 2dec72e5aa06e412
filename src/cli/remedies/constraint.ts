import type { JsonValue } from '../../core/jwt/index.ts';
import { candidatesFor, type TextAtom } from '../policy-diff/text-atom.ts';

/** What a part of a request is; undefined: it is not there. */
export type SlotValue = JsonValue | undefined;

/** A part of a request that a client chooses, and that something wants to be one way or another. */
export type Slot =
  | {
      kind:
        | 'method'
        | 'path'
        | 'target'
        | 'host'
        | 'scheme'
        | 'peer'
        | 'forwarded'
        | 'serverName'
        | 'tls'
        | 'certificate';
    }
  | { kind: 'header' | 'parameter'; name: string }
  /** A claim of tokens whose payload goes to this key of the metadata; without a claim the token itself. */
  | { kind: 'claim'; payloadKey: string; claim: string }
  | { kind: 'headerClaim'; header: string };

export const nameOfSlot = (slot: Slot) => JSON.stringify(slot);

/** One thing that is wanted of a slot. */
export interface Constraint {
  slot: Slot;
  test(value: SlotValue): boolean;
  /** Literals of texts: what values are made of. */
  atoms: readonly TextAtom[];
  /** Values besides, from what is there. */
  candidates?(now: SlotValue): SlotValue[];
}

/** Wanted together. */
export type Alternative = readonly Constraint[];

const ALTERNATIVES_MAX = 64;

/** Any of these will do: each list's alternatives, in turns so that a bound cuts none of the lists off. */
export function union(lists: readonly (readonly Alternative[])[]): Alternative[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const all: Alternative[] = [];
  for (let index = 0; index < longest && all.length < ALTERNATIVES_MAX; index++) {
    for (const list of lists) {
      const one = list[index];
      if (one !== undefined) all.push(one);
    }
  }
  return all;
}

/** One alternative of each list together. None only if one of the lists has none. */
export function product(lists: readonly (readonly Alternative[])[]): Alternative[] {
  return lists.reduce<Alternative[]>(
    (heads, list) => heads.flatMap((head) => list.map((one) => [...head, ...one])).slice(0, ALTERNATIVES_MAX),
    [[]],
  );
}

/** What nobody can choose holds or does not. */
export const constant = (holds: boolean): Alternative[] => (holds ? [[]] : []);

const VALUES_MAX = 3;
/** Texts that most expressions take for none of theirs, one or the other. */
const OTHERS = ['a', 'A', '0', '/', '-', '~other', 'aA0-_~./'];

/** Values that meet all of some constraints on one slot; the one that is there, where it does. */
export function valuesFor(constraints: readonly Constraint[], now: SlotValue): SlotValue[] {
  const isMet = (value: SlotValue) => constraints.every(({ test }) => test(value));
  if (isMet(now)) return [now];
  const atoms = constraints.flatMap((constraint) => constraint.atoms);
  const texts = [...candidatesFor(atoms), ...(atoms.some(({ kind }) => kind === 'regex') ? OTHERS : [])];
  const own = constraints.flatMap(({ candidates }) => candidates?.(now) ?? []);
  const step = own.flatMap((value) => constraints.flatMap(({ candidates }) => candidates?.(value) ?? []));
  const seen = new Map([...own, undefined, ...texts, ...step].map((value) => [JSON.stringify(value), value]));
  const fit = [...seen.values()].filter(isMet);
  const isPlain = (value: SlotValue) => !Array.isArray(value) || Array.isArray(now);
  return [...fit.filter(isPlain), ...fit.filter((value) => !isPlain(value))].slice(0, VALUES_MAX);
}
