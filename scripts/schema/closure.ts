import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const IMPORT = /^\s*import\s+(?:public\s+)?"([^"]+)"\s*;/gm;

/** The text of every root and of what it imports, keyed by proto path. Google's well-known types are the compiler's own. */
export function importClosure(roots: string[], includes: string[]): Map<string, string> {
  const files = new Map<string, string>();
  const pending = [...roots];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (files.has(path) || path.startsWith('google/protobuf/')) continue;
    const text = readProto(path, includes);
    files.set(path, text);
    for (const match of text.matchAll(IMPORT)) pending.push(match[1] as string);
  }
  return files;
}

function readProto(path: string, includes: string[]): string {
  const folder = includes.find((include) => existsSync(join(include, path)));
  if (folder === undefined) throw new Error(`no folder has the proto file \`${path}\``);
  return readFileSync(join(folder, path), 'utf8').replaceAll('\r\n', '\n');
}
