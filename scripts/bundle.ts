/**
 * Makes `dist/` from the sources and the packages that they use: the program, the data worker, and a chunk for each plane that a command
 * loads only when it is named (docs/adr/0004-what-starting-costs.md). Types are the business of `npm run check`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'rolldown';
import { pathOfGenerated, rewire } from './schema/share-registry.ts';

const root = join(import.meta.dirname, '..');

const ASKS_FOR_FIELDS = 'const f = messageDesc.fields[0];';
const ASKS_FOR_NAME = 'if (!isWrapperTypeName(messageDesc.typeName)) return false;';

/**
 * Asks for the name before the fields: the library looks at the first field of every message that another has, only to see whether it is a
 * wrapper, and so would have our registry make three times the descriptors that a configuration needs.
 */
const askForNameFirst: Plugin = {
  name: 'ask-for-name-first',
  transform: {
    filter: { id: /@bufbuild.protobuf.dist.esm.wkt.wrappers\.js$/ },
    handler(code) {
      if (!code.includes(ASKS_FOR_FIELDS)) throw new Error('isWrapperDesc of @bufbuild/protobuf has changed');
      return code.replace(ASKS_FOR_FIELDS, `${ASKS_FOR_NAME} ${ASKS_FOR_FIELDS}`);
    },
  },
};

const schema = join(root, 'schema');
const described = JSON.parse(readFileSync(join(schema, 'types-index.json'), 'utf8'));

/**
 * Lets the library's own generated modules (`Any`, `Duration` and their like) share our registry, too. As they come, the first of
 * them makes all descriptors of `descriptor.proto` only to read its own.
 */
const shareWellKnownTypes: Plugin = {
  name: 'share-well-known-types',
  transform: {
    filter: { id: /@bufbuild.protobuf.dist.esm.wkt.google.protobuf.\w+_pb\.js$/ },
    handler(code) {
      const known = Object.hasOwn(described.files, pathOfGenerated(code) ?? '');
      return known ? rewire(code, join(schema, 'registry.js')) : code;
    },
  },
};

const BESIDE = "new URL('./', import.meta.url)";

/** The registry reads the files beside it, which of a chunk in `dist/cli` are two folders up. */
const findSchema: Plugin = {
  name: 'find-schema',
  transform: {
    filter: { id: /schema.registry\.js$/ },
    handler(code) {
      if (!code.includes(BESIDE)) throw new Error('the registry looks for its files in another way');
      return code.replace(BESIDE, "new URL('../../schema/', import.meta.url)");
    },
  },
};

await build({
  cwd: root,
  platform: 'node',
  input: { 'cli/main': 'src/cli/main.ts', 'data-worker': 'src/server/data-worker.ts' },
  // It finds its own files at run time, by their place.
  external: ['pino'],
  plugins: [askForNameFirst, shareWellKnownTypes, findSchema],
  logLevel: 'warn',
  output: {
    dir: join(root, 'dist'),
    cleanDir: true,
    // One folder, so that a path beside `import.meta.url` means the same in every chunk.
    chunkFileNames: 'cli/[name].js',
  },
});
