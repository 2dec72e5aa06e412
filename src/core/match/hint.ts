import type { PathKey } from './path-index.ts';

/** Entries of a list by the text that they want at a place. */
export type Places<Found> = ReadonlyMap<string, ReadonlyMap<string, Found>>;

/** Reads texts of a subject: its header lines, one of its claims. */
export interface ClueSource<Subject> {
  /** Sources of one name read the same. */
  readonly name: string;
  /** Adds to `found` what is at the texts that the subject has at each of `places`. */
  collect<Found>(subject: Subject, places: Places<Found>, found: Found[]): void;
}

/** What a matcher cannot hold without: one of some texts, whole, at one place. */
export interface ValueClue<Subject> {
  readonly source: ClueSource<Subject>;
  readonly place: string;
  /** Byte strings. */
  readonly texts: readonly string[];
}

/** What an entry of a list cannot match without, by which an index finds it; null: it always has to be asked. */
export type Hint<Subject> =
  | { readonly kind: 'path'; readonly key: PathKey }
  | { readonly kind: 'value'; readonly clue: ValueClue<Subject> }
  /** Of `all` each is needed, of `any` one. */
  | { readonly kind: 'all' | 'any'; readonly members: readonly Hint<Subject>[] }
  | null;

/** @param keys of which one is needed */
export function pathHint<Subject>(keys: readonly PathKey[] | null): Hint<Subject> {
  return keys && { kind: 'any', members: keys.map((key) => ({ kind: 'path', key })) };
}

/** A source's only place, where it has no more. */
export const ONLY_PLACE = '';

/** A hint by a value that a subject has one or several of. */
export function valueHint<Subject>(
  name: string,
  texts: readonly string[],
  read: (subject: Subject) => readonly string[],
): Hint<Subject> {
  const collect = <Found>(subject: Subject, places: Places<Found>, found: Found[]) => {
    for (const text of read(subject)) collectAt(places, ONLY_PLACE, text, found);
  };
  return { kind: 'value', clue: { source: { name, collect }, place: ONLY_PLACE, texts } };
}

/** Adds what is at one text of one place. */
export function collectAt<Found>(places: Places<Found>, place: string, text: string, found: Found[]): void {
  const one = places.get(place)?.get(text);
  if (one !== undefined) found.push(one);
}

/** A hint about a part of a subject, as one about the subject. */
export function hintWithin<Part, Subject>(hint: Hint<Part>, part: (subject: Subject) => Part): Hint<Subject> {
  if (hint === null || hint.kind === 'path') return hint;
  if (hint.kind !== 'value') {
    return { kind: hint.kind, members: hint.members.map((member) => hintWithin(member, part)) };
  }
  const { source, place, texts } = hint.clue;
  return {
    kind: 'value',
    clue: {
      source: {
        name: source.name,
        collect: (subject, places, found) => source.collect(part(subject), places, found),
      },
      place,
      texts,
    },
  };
}
