import type { DynamicMetadata, MetadataValue } from '../filters/filter.ts';
import type { FormatError, Found, Operator } from './operator.ts';

type Entries = ReadonlyMap<string, unknown>;
type Source = { get(namespace: string): Entries | undefined } | null | undefined;

/** `%DYNAMIC_METADATA(namespace:key:key)%`. */
export function compileDynamicMetadata(argument: string): Operator {
  const path = argument.split(':');
  return { find: ({ metadataIfAny }) => lookUp(metadataIfAny, path), isUnicode: true };
}

/** `%METADATA(DYNAMIC:namespace:key)%` and of the route. */
export function compileMetadata(argument: string): Operator | FormatError {
  const [source = '', ...path] = argument.split(':');
  switch (source) {
    case 'DYNAMIC':
      return compileDynamicMetadata(path.join(':'));
    case 'ROUTE':
      return { find: ({ route }) => lookUp(route?.metadata, path), isUnicode: true };
    case 'CLUSTER':
    case 'UPSTREAM_HOST':
    case 'LISTENER':
    case 'LISTENER_FILTER_CHAIN':
    case 'VIRTUAL_HOST':
      return { error: `the metadata of \`${source}\` is not supported`, envoy: 'accepts' };
    default:
      return { error: `${source} is not supported type of metadata`, envoy: 'refuses' };
  }
}

function lookUp(metadata: Source | DynamicMetadata, [namespace = '', ...path]: readonly string[]): Found {
  const entries = metadata?.get(namespace);
  if (entries === undefined) return undefined;
  if (path.length === 0) return Object.fromEntries(entries) as Found;
  let value = entries.get(path[0] as string) as Found;
  for (const key of path.slice(1)) value = memberOf(value, key);
  return value;
}

function memberOf(value: Found, key: string): Found {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value[key] as MetadataValue) : undefined;
}
