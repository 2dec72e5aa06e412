import { namesInNestedBrackets } from '../authz/condition-key.ts';

const PREFIX = '@request.auth.claims';

/**
 * Reads a header name of a VirtualService that stands for a claim (istio.md §1.9): `@request.auth.claims.a.b` or
 * `@request.auth.claims[a][b]`, the prefix in any case. A dot behind the prefix makes dots the separators.
 * @returns the claim's path; null for an ordinary header name, which anything not written so is.
 */
export function parseRoutingClaim(name: string): string[] | null {
  if (name.slice(0, PREFIX.length).toLowerCase() !== PREFIX) return null;
  const rest = name.slice(PREFIX.length);
  if (rest.startsWith('.')) return rest.length > 1 ? rest.slice(1).split('.') : null;
  if (!rest.startsWith('[')) return null;
  const names = namesInNestedBrackets(rest);
  return names === null || names.includes('') ? null : names;
}

/** Whether it looks as if its author meant a claim. */
export function startsLikeRoutingClaim(name: string): boolean {
  return name.toLowerCase().startsWith(PREFIX);
}
