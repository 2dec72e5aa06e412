import type { Atoms } from './atoms.ts';
import { connectionDimension, type Peer } from './connection-dimension.ts';
import type { Dimension } from './dimension.ts';
import { type ExtraFields, fieldDimension } from './field-dimension.ts';
import type { KeySources } from './key-sources.ts';
import { labelled, pathDimension, spellingsOf } from './path-dimension.ts';
import { type SentToken, tokenDimension } from './token-dimension.ts';

/** A product of dimensions: requests of which each stands for a class. */
export interface RequestSpace {
  path: Dimension<string>;
  method: Dimension<string>;
  host: Dimension<string>;
  fields: Dimension<ExtraFields>;
  connection: Dimension<Peer>;
  token: Dimension<SentToken>;
}

/** Requests that are asked of both configurations. */
export interface AskedSpace {
  space: RequestSpace;
  /** By path: a change that is one of these paths' change too is not told again. */
  meanings: ReadonlyMap<string, readonly string[]>;
}

export const DIMENSIONS = ['token', 'fields', 'connection', 'host', 'method', 'path'] as const;

export interface Spaces {
  /** The classes of paths as they are, and spellings that normalisation changes. */
  spaces: readonly AskedSpace[];
  /** Parts of which there are so many combinations that they were varied one at a time. */
  thinned: readonly string[];
}

const plain = (name: string, texts: readonly string[]): Dimension<string> => ({
  name,
  values: texts.map((text) => ({ label: text, value: text })),
});

/** Requests that tell two configurations apart, if anything that their matchers look at does. */
export function requestSpaces(atoms: Atoms, keys: KeySources): Spaces {
  const fields = fieldDimension(atoms);
  const token = tokenDimension(atoms, keys);
  const rest = {
    method: plain('method', [...atoms.methods, otherMethod(atoms.methods)]),
    host: plain('host', hostsOf(atoms.hosts)),
    fields: fields.dimension,
    connection: connectionDimension(atoms),
    token: token.dimension,
  };
  const spellings = atoms.normalises ? [] : spellingsOf(atoms.paths);
  const climbing = { name: 'path', values: spellings.map(({ path }) => labelled(path)) };
  const plainFields = { ...rest.fields, values: rest.fields.values.slice(0, 1) };
  return {
    spaces: [
      { space: { path: pathDimension(atoms.paths), ...rest }, meanings: new Map() },
      {
        space: { path: climbing, ...rest, fields: plainFields, token: token.flawless },
        meanings: new Map(spellings.map(({ path, meanings }) => [path, meanings])),
      },
    ],
    thinned: [...(fields.complete ? [] : ['fields']), ...(token.complete ? [] : ['claims'])],
  };
}

function otherMethod(methods: ReadonlySet<string>): string {
  return ['POST', 'DELETE', 'PATCH', 'OTHER'].find((method) => !methods.has(method)) ?? 'OTHER';
}

function hostsOf(domains: ReadonlySet<string>): string[] {
  const hosts = [...domains]
    .filter((domain) => domain !== '*')
    .map((domain) => domain.replace(/^\*/, 'x').replace(/\*$/, 'x'));
  return [...new Set([...hosts, 'other.example'])];
}
