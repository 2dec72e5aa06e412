/**
 * Makes `schema/` from Envoy's protos (npm), our overlay of newer fields and our own protos.
 * Run by `prepare`; nothing of its output is committed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importClosure } from './closure.ts';
import { applyOverlay, loadOverlay } from './overlay.ts';
import { shareRegistry } from './share-registry.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const output = join(root, 'schema');
const bin = (name: string) => join(root, 'node_modules', '.bin', name);

const packaged = join(root, 'node_modules', '@grpc', 'grpc-js-xds', 'deps');
const includes = [
  join(packaged, 'envoy-api'),
  join(packaged, 'xds'),
  join(packaged, 'googleapis'),
  join(packaged, 'protoc-gen-validate'),
  join(root, 'proto'),
];

function roots(): string[] {
  const lines = readFileSync(join(root, 'proto', 'roots.txt'), 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

function writeSources(into: string): number {
  const files = importClosure(roots(), includes);
  const overlay = loadOverlay(join(root, 'proto', 'overlay'));
  for (const [path, text] of files) {
    const target = join(into, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, applyOverlay(path, text, overlay));
  }
  return files.size;
}

function generate(sources: string): void {
  writeFileSync(join(sources, 'buf.yaml'), 'version: v2\n');
  const template = {
    version: 'v2',
    plugins: [
      {
        local: bin('protoc-gen-es'),
        out: output,
        opt: ['target=js+dts', 'import_extension=js'],
        strategy: 'all',
        include_imports: true,
      },
    ],
  };
  writeFileSync(join(sources, 'buf.gen.yaml'), JSON.stringify(template));
  const run = (args: string[]) =>
    execFileSync(bin('buf'), args, { cwd: sources, stdio: ['ignore', 'inherit', 'inherit'] });
  run(['generate', '--template', 'buf.gen.yaml']);
  run(['build', '--exclude-source-info', '-o', join(output, 'descriptors.binpb')]);
}

const sources = mkdtempSync(join(tmpdir(), 'jotgate-schema-'));
try {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const count = writeSources(sources);
  generate(sources);
  await shareRegistry(output);
  process.stderr.write(`schema: ${count} proto files compiled\n`);
} finally {
  rmSync(sources, { recursive: true, force: true });
}
