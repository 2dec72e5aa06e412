import type { Dimension, DimensionValue } from './dimension.ts';
import { candidatesFor, onePerClass, type TextAtom } from './text-atom.ts';

/** Paths, one of each class that the atoms tell apart. */
export function pathDimension(atoms: readonly TextAtom[]): Dimension<string> {
  const candidates = candidatesFor(atoms).map((text) => (text.startsWith('/') ? text : `/${text}`));
  const paths = onePerClass(['/', ...candidates].filter(isSendable), atoms);
  return { name: 'path', values: paths.map(labelled) };
}

/** A spelling that is one path to a configuration that normalises and another to one that does not. */
export interface Spelling {
  path: string;
  /** The paths that it may be taken for. */
  meanings: readonly string[];
}

/** A way up out of each folder, with a plain and an escaped slash, doubled slashes, an escaped one. */
export function spellingsOf(atoms: readonly TextAtom[]): Spelling[] {
  const texts = atoms.filter(({ kind, text }) => kind !== 'regex' && text.startsWith('/'));
  const folders = [...new Set(texts.map(({ text }) => text.replace(/\/$/, '')))]
    .filter(Boolean)
    .slice(0, CLIMBED_MAX);
  const targets = [...folders, '/~other'];
  const climbing = folders.flatMap((folder) =>
    targets
      .filter((target) => target !== folder)
      .flatMap((target) =>
        [`${folder}/..${target}`, `${folder}/..%2f${target.slice(1)}`].map((path) => ({
          path,
          meanings: [target, `${folder}/~`],
        })),
      ),
  );
  const doubled = targets.map((target) => ({ path: `/${target}`, meanings: [target, '/~other'] }));
  const escaped = { path: '/~other%2fx', meanings: ['/~other'] };
  return [...climbing, ...doubled, escaped].filter(({ path }) => isSendable(path));
}

const CLIMBED_MAX = 8;

export const labelled = (path: string): DimensionValue<string> => ({ label: path, value: path });

/** What a request line can hold. */
const isSendable = (path: string) => /^[\u0021-\u007E]+$/.test(path) && !path.includes('#');
