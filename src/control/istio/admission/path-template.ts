/** RFC 3986's pchar, without the star. */
const LITERAL = /^[A-Za-z0-9\-._~%!$&'()+,;:@=]+$/;

/**
 * Why a path of a policy is refused: braces only as whole segments `{*}` and `{**}`, the latter as the last of them, and beside
 * them only plain characters (istio.md §1.4). Null when it is not.
 */
export function pathTemplateProblem(path: string): string | null {
  const isTemplate = path.includes('{*}') || path.includes('{**}');
  let afterAny = false;
  for (const segment of withoutOuterSlashes(path).split('/')) {
    if (segment === '{*}' || segment === '{**}') {
      if (afterAny) return '`{**}` has to be the last operator of a path';
      afterAny = segment === '{**}';
      continue;
    }
    if (/[{}]/.test(segment)) return 'braces stand only in `{*}` and `{**}`, each a whole segment';
    if (isTemplate && !LITERAL.test(segment)) return `\`${segment}\` cannot stand beside \`{*}\` or \`{**}\``;
  }
  return null;
}

function withoutOuterSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end--;
  return path.slice(0, end).replace(/^\/+/, '');
}
