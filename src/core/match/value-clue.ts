/** What a matcher cannot hold without: one of some texts, whole, at one place. Lists of matchers are indexed by it. */
export interface ValueClue<Subject> {
  /** Names the place; equal names read the same. */
  readonly place: string;
  /** Byte strings. */
  readonly texts: readonly string[];
  /** What a subject has at the place. */
  read(subject: Subject): readonly string[];
}
