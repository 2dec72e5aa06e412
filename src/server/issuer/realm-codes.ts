/** Names for the codes of findings about realm files. */
export const REALM_CODES = { unusable: 'E501', withoutEffect: 'W502' } as const;

/** One entry of docs/errors.md each. */
export const REALM_CODE_ENTRIES: Readonly<Record<string, { title: string; meaning: string }>> = {
  E501: {
    title: 'realm that cannot be used',
    meaning:
      'The file decodes, but what it says does not fit together or cannot be done: a name twice, a password or key that cannot be read, an algorithm that is not signed with here.',
  },
  W502: {
    title: 'part of a realm without effect',
    meaning:
      'The issuer starts, but this protection, mapper, scope or way to authenticate is not there: tokens lack its claims, or the client cannot authenticate.',
  },
};
