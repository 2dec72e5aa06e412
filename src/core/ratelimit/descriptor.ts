/** A pair of a rate limit's descriptor. Text is of one character per byte. */
export interface DescriptorEntry {
  readonly key: string;
  readonly value: string;
  /** The value is a credential; absent: it may be told by its key. */
  readonly isCredential?: true;
}

/** What a request is counted under: an ordered list of pairs. */
export type Descriptor = readonly DescriptorEntry[];

/** A text that only equal descriptors have. */
export function descriptorKey(descriptor: Descriptor): string {
  return descriptor.map(({ key, value }) => `${key.length}:${key}${value.length}:${value}`).join('');
}

/** For a person: `user=alice, path=/a`; an empty value of a configured descriptor stands for any. */
export function renderDescriptor(descriptor: Descriptor): string {
  return descriptor.map(({ key, value }) => `${key}=${value === '' ? '*' : value}`).join(', ');
}

/** An entry without a value takes any (Envoy: DynamicDescriptorMap). */
export function isWildcard(descriptor: Descriptor): boolean {
  return descriptor.some(({ value }) => value === '');
}

/** Whether a request's descriptor has the same keys in the same order, and the same values where the pattern has one. */
export function matchesWildcard(pattern: Descriptor, descriptor: Descriptor): boolean {
  if (pattern.length !== descriptor.length) return false;
  return pattern.every(({ key, value }, index) => {
    const entry = descriptor[index] as DescriptorEntry;
    return entry.key === key && (value === '' || entry.value === value);
  });
}
