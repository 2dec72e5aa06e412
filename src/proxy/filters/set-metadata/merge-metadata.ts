import type { MetadataValue } from '../filter.ts';

/**
 * What a key holds after one value was written over another: objects are merged, lists are joined, a value of another kind or a
 * plain one takes the place of what was there (Envoy: StructUtil::update).
 */
export function mergeMetadata(before: MetadataValue | undefined, added: MetadataValue): MetadataValue {
  if (Array.isArray(before) && Array.isArray(added)) return [...before, ...added];
  if (!isObject(before) || !isObject(added)) return added;
  const merged = new Map(Object.entries(before));
  for (const [key, value] of Object.entries(added)) merged.set(key, mergeMetadata(merged.get(key), value));
  return Object.fromEntries(merged);
}

function isObject(value: MetadataValue | undefined): value is { [key: string]: MetadataValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
