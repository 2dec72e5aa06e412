import type { DynamicMetadata, MetadataValue } from './filter.ts';

/** The value at a path of keys in one namespace of the metadata; undefined where there is none. */
export function findMetadata(
  metadata: DynamicMetadata | null,
  namespace: string,
  path: readonly string[],
): MetadataValue | undefined {
  let value = metadata?.get(namespace)?.get(path[0] as string);
  for (const key of path.slice(1)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}
