import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'rolldown';
import { describeTypes } from './describe-types.ts';

const REGISTRY = `// One registry for all modules, over the one descriptor set.
import { readFileSync } from 'node:fs';
import { LazyRegistry } from './lazy-registry.js';
export { isRequired, rulesOf } from './lazy-registry.js';

const here = new URL('./', import.meta.url);
const read = (name) => readFileSync(new URL(name, here));
export const registry = new LazyRegistry(read('types.jsonl'), JSON.parse(read('types-index.json')));
export const sharedFile = (path) => registry.getFile(path);
`;

const REGISTRY_TYPES = `import type { DescField, DescOneof, FileRegistry, JsonObject } from '@bufbuild/protobuf';
export declare const registry: FileRegistry;
/** The option \`validate.rules\` of a field in protobuf's JSON. */
export declare function rulesOf(field: DescField): JsonObject | undefined;
/** The option \`validate.required\` of a oneof. */
export declare function isRequired(oneof: DescOneof): boolean;
`;

const PATH = /^ \* Describes the file (\S+)\.$/m;
const OWN_DESCRIPTORS = /fileDesc\("[^"]*"(?:, \[[^\]]*\])?\)|boot\(\{.*\}\)/;
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
    const registry = relative(dirname(file), 'registry.js');
    writeFileSync(
      path,
      rewire(readFileSync(path, 'utf8'), registry.startsWith('.') ? registry : `./${registry}`),
    );
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
  const { text, index } = describeTypes(readFileSync(join(schema, 'descriptors.binpb')));
  writeFileSync(join(schema, 'types.jsonl'), text);
  writeFileSync(join(schema, 'types-index.json'), JSON.stringify(index));
  writeFileSync(join(schema, 'registry.js'), REGISTRY);
  writeFileSync(join(schema, 'registry.d.ts'), REGISTRY_TYPES);
}

/** @param registry the specifier of the registry's module */
export function rewire(text: string, registry: string): string {
  const path = pathOfGenerated(text);
  if (path === undefined || !OWN_DESCRIPTORS.test(text))
    throw new Error('a generated module of another shape');
  return text
    .replaceAll(OTHER_FILES, '')
    .replace(OWN_DESCRIPTORS, `sharedFile("${path}")`)
    .replace(/\bfileDesc, |, fileDesc\b/, '')
    .replace(/^import /m, `import { sharedFile } from ${JSON.stringify(registry)};\nimport `);
}

/** The path of the proto file that a generated module was made of. */
export const pathOfGenerated = (text: string): string | undefined => PATH.exec(text)?.[1];
