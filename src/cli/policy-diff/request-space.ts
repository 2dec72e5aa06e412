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
  // Where all make the same of another spelling it is that path, or refused by all.
  const isSame = atoms.normalises && atoms.spellings.size <= 1;
  const spellings = isSame ? [] : spellingsOf(atoms.paths);
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

/** A host for each domain, and one that none of them takes. */
export function hostsOf(domains: ReadonlySet<string>): string[] {
  const named = [...domains].filter((domain) => domain !== '*');
  const hosts = named.map((domain) => domain.replace(/^\*/, 'x').replace(/\*$/, 'x'));
  const isTaken = (host: string) => named.some((domain) => takes(domain, host));
  const other = OTHER_HOSTS.find((host) => !isTaken(host)) ?? OTHER_HOSTS[0];
  return [...new Set([...hosts, other])];
}

const OTHER_HOSTS = [
  'other.example',
  'other.test',
  'elsewhere.invalid',
  'nowhere.localhost',
  '192.0.2.1',
] as const;

function takes(domain: string, host: string): boolean {
  if (domain.startsWith('*')) return host.endsWith(domain.slice(1).toLowerCase());
  if (domain.endsWith('*')) return host.startsWith(domain.slice(0, -1).toLowerCase());
  return host === domain.toLowerCase();
}
