import type { Recorder } from '../../base/index.ts';

/** Texts that filters have left in the filter state, by their names; byte strings. */
export type FilterState = ReadonlyMap<string, string>;

/** Tells whether a text is there; not what it is, which may be a credential. */
export function noteState(key: string, text: string | undefined, recorder: Recorder): void {
  const where = `"${key}" in the filter state`;
  recorder.note(text === undefined ? `no filter has left ${where}` : `there is ${where}`);
}
