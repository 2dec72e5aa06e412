import type { MetadataValue } from '../filter.ts';

/**
 * What a key holds after one value was written over another: objects are merged, lists are joined, a value of another kind or a
 * plain one takes the place of what was there (Envoy: StructUtil::update).
 */
export function mergeMetadata(before: MetadataValue | undefined, added: MetadataValue): MetadataValue {
  if (Array.isArray(before) && Array.isArray(added)) return [...before, ...added];
  if (!isObject(before) || !isObject(added)) return added;
  const merged: { [key: string]: MetadataValue } = { ...before };
  for (const [key, value] of Object.entries(added)) {
    merged[key] = mergeMetadata(Object.hasOwn(merged, key) ? merged[key] : undefined, value);
  }
  return merged;
}

function isObject(value: MetadataValue | undefined): value is { [key: string]: MetadataValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
