/**
 * Makes `dist/` from the sources and the packages that they use: the program, the data worker, and a chunk for each plane that a command
 * loads only when it is named (docs/adr/0004-what-starting-costs.md). Types are the business of `npm run check`.
 */
import { join } from 'node:path';
import { build } from 'rolldown';

const root = join(import.meta.dirname, '..');

await build({
  cwd: root,
  platform: 'node',
  input: { 'cli/main': 'src/cli/main.ts', 'data-worker': 'src/server/data-worker.ts' },
  // It finds its own files at run time, by their place.
  external: ['pino'],
  logLevel: 'warn',
  output: {
    dir: join(root, 'dist'),
    cleanDir: true,
    // One folder, so that a path beside `import.meta.url` means the same in every chunk.
    chunkFileNames: 'cli/[name].js',
  },
});
