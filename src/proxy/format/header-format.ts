import { compileTextFormat } from './text-format.ts';

/**
 * Compiles the format of a header's value, which may have the older forms of two operators: `%DYNAMIC_METADATA(["a","b"])%` and
 * `%PER_REQUEST_STATE(k)%` (Envoy: header_parser.cc).
 */
export function compileHeaderFormat(text: string): ReturnType<typeof compileTextFormat> {
  return compileTextFormat(translateStates(translatePaths(text)), '');
}

const PATH = /%(UPSTREAM|DYNAMIC)_METADATA\(\s*(\[[^\n]*?\])\s*\)%/g;

/** A key with a colon in it becomes two. Behind what is no list of texts, or an empty one, nothing is translated. */
function translatePaths(text: string): string {
  let isBroken = false;
  return text.replace(PATH, (written, source: string, list: string) => {
    const path = isBroken ? null : parsePath(list);
    isBroken = path === null;
    return path === null ? written : `%${source}_METADATA(${path.join(':')})%`;
  });
}

function parsePath(list: string): string[] | null {
  try {
    const path: unknown[] = JSON.parse(list);
    return path.length > 0 && path.every((key) => typeof key === 'string') ? path : null;
  } catch {
    return null;
  }
}

const translateStates = (text: string) =>
  text.replace(/%PER_REQUEST_STATE\(([^\n]*?)\)%/g, '%FILTER_STATE($1:PLAIN)%');
