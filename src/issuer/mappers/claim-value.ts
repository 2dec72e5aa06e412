import type { Claim } from './claim-set.ts';

/** `realm_access.roles` is a path; `\.` is a dot inside a name. */
export function parseClaimPath(text: string): string[] {
  return text
    .split(/(?<!\\)\./)
    .map((part) => part.replaceAll('\\.', '.'))
    .filter((part) => part !== '');
}

/** Reads a text as the mapper's `jsonType.label` says; undefined where the text is none of that type. */
export function parseClaimValue(text: string, type: string | undefined): Claim | undefined {
  switch (type) {
    case 'int':
    case 'long':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return text.toLowerCase() === 'true';
    case 'JSON':
      return parseJson(text);
    default:
      return text;
  }
}

function parseJson(text: string): Claim | undefined {
  try {
    return JSON.parse(text) as Claim;
  } catch {
    return undefined;
  }
}
