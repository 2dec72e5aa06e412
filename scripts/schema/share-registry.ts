import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'rolldown';
import { scanDescriptorSet } from './runtime/scan-descriptors.ts';

const REGISTRY = `// One registry for all modules, over the one descriptor set.
import { readFileSync } from 'node:fs';
import { LazyRegistry } from './lazy-registry.js';

const read = (name) => readFileSync(new URL(import.meta.resolve('#schema/' + name)));
export const registry = new LazyRegistry(read('descriptors.binpb'), JSON.parse(read('descriptors.json')));
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
 * imports, which costs three times the CPU of loading the set once; and a message would have two descriptors, one here and one in the set. The one
 * registry makes a descriptor when it is looked into (docs/adr/0004-what-starting-costs.md).
 */
export async function shareRegistry(schema: string): Promise<void> {
  await writeRegistry(schema);
  for (const file of globSync('**/*_pb.js', { cwd: schema })) {
    const path = join(schema, file);
    writeFileSync(path, rewire(readFileSync(path, 'utf8'), relative(dirname(file), 'registry.js')));
  }
}

/** The registry's own code as JavaScript: what lies in a package, Node does not strip. */
async function writeRegistry(schema: string): Promise<void> {
  await build({
    input: join(import.meta.dirname, 'runtime', 'lazy-registry.ts'),
    external: /^@bufbuild\//,
    platform: 'node',
    logLevel: 'warn',
    output: { file: join(schema, 'lazy-registry.js') },
  });
  const index = scanDescriptorSet(readFileSync(join(schema, 'descriptors.binpb')));
  writeFileSync(join(schema, 'descriptors.json'), JSON.stringify(index));
  writeFileSync(join(schema, 'registry.js'), REGISTRY);
  writeFileSync(join(schema, 'registry.d.ts'), REGISTRY_TYPES);
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
