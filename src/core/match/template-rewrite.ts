import { compileBytePattern } from './byte-pattern.ts';
import { parsePathTemplate, type TemplateError } from './uri-template.ts';

/** Literal text of a rewrite: what a path segment may hold, and single slashes. */
const LITERAL = /^[a-zA-Z0-9\-._~%!$&'()*+,;:@=/]+/;
const VARIABLE = /^\{([a-zA-Z][a-zA-Z0-9_]*)\}/;

/** @returns null where the path does not match the template */
export type TemplateRewrite = (path: string) => string | null;

/**
 * Compiles what a path template's matches are rewritten to: text with `{name}` for the template's variables (Envoy:
 * uri_template_lib, parseRewritePattern).
 */
export function compileTemplateRewrite(
  template: string,
  rewrite: string,
): { rewrite: TemplateRewrite } | TemplateError {
  const parsed = parsePathTemplate(template);
  if ('error' in parsed) return parsed;
  const parts = splitRewrite(rewrite);
  if (parts === null) return { error: `path_rewrite_policy.path_template_rewrite \`${rewrite}\` is invalid` };
  const compiled = compileBytePattern(parsed.capturing);
  const isKnown = (part: Part) => typeof part === 'string' || parsed.names.includes(part.name);
  // Of a template that makes no expression, as `/a**`, Envoy says the same.
  if (compiled.error !== undefined || !parts.every(isKnown)) {
    const error = `mismatch between variables in path_match_policy \`${template}\` and path_rewrite_policy \`${rewrite}\``;
    return { error };
  }
  const { program } = compiled;
  return {
    rewrite(path) {
      const matcher = program.matcher(path);
      if (!matcher.matches()) return null;
      return parts
        .map((part) => (typeof part === 'string' ? part : (matcher.group(part.name) ?? '')))
        .join('');
    },
  };
}

type Part = string | { name: string };

function splitRewrite(rewrite: string): Part[] | null {
  if (!rewrite.startsWith('/') || rewrite.includes('//')) return null;
  const parts: Part[] = [];
  for (let rest = rewrite; rest !== ''; ) {
    const variable = VARIABLE.exec(rest);
    const [text] = variable ?? LITERAL.exec(rest) ?? [];
    if (text === undefined) return null;
    parts.push(variable === null ? text : { name: variable[1] as string });
    rest = rest.slice(text.length);
  }
  return parts;
}
