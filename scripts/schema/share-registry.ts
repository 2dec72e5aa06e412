import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const REGISTRY = `// One registry for all modules: each file's descriptors are made once, from the one descriptor set.
import { readFileSync } from 'node:fs';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const bytes = readFileSync(new URL('./descriptors.binpb', import.meta.url));
export const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
export const sharedFile = (path) => registry.getFile(path);
`;

const REGISTRY_TYPES = `import type { FileRegistry } from '@bufbuild/protobuf';
export declare const registry: FileRegistry;
`;

const PATH = /^ \* Describes the file (\S+)\.$/m;
const OWN_DESCRIPTORS = /fileDesc\("[^"]*"(?:, \[[^\]]*\])?\)/;
const OTHER_FILES = /^import \{[^}]*\bfile_[^}]*\} from "[^"]+";\n/gm;

/**
 * Lets the generated modules share one registry. As they come each carries its own descriptors and builds them over those of its
 * imports, which costs three times the CPU of loading the set once; and a message would have two descriptors, one here and one in the set.
 */
export function shareRegistry(schema: string): void {
  writeFileSync(join(schema, 'registry.js'), REGISTRY);
  writeFileSync(join(schema, 'registry.d.ts'), REGISTRY_TYPES);
  for (const file of globSync('**/*_pb.js', { cwd: schema })) {
    const path = join(schema, file);
    writeFileSync(path, rewire(readFileSync(path, 'utf8'), relative(dirname(file), 'registry.js')));
  }
}

function rewire(text: string, registry: string): string {
  const path = PATH.exec(text)?.[1];
  if (path === undefined || !OWN_DESCRIPTORS.test(text))
    throw new Error('a generated module of another shape');
  const from = registry.startsWith('.') ? registry : `./${registry}`;
  return text
    .replaceAll(OTHER_FILES, '')
    .replace(OWN_DESCRIPTORS, `sharedFile("${path}")`)
    .replace(/\bfileDesc, |, fileDesc\b/, '')
    .replace(/^import /m, `import { sharedFile } from "${from}";\nimport `);
}
