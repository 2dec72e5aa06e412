import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');

interface Wall {
  /** Planes (or rooms, `plane/room`) that may be imported. */
  planes: string[];
  /** Packages and `node:` modules. */
  packages: string[];
}

/** Who may import whom: the table of ARCHITECTURE.md. */
const WALLS: Record<string, Wall> = {
  base: { planes: [], packages: [] },
  core: { planes: ['base'], packages: ['re2js'] },
  platform: { planes: ['base', 'core'], packages: ['node:*', 'pino', '@peculiar/x509', 'reflect-metadata'] },
  resources: { planes: ['base'], packages: ['#schema/*', '@bufbuild/protobuf', '@bufbuild/protobuf/wkt'] },
  proxy: {
    planes: ['base', 'core', 'platform', 'resources'],
    packages: [
      '#schema/*',
      '@bufbuild/protobuf',
      '@bufbuild/protobuf/wkt',
      '@bufbuild/protobuf/wire',
      'node:net',
      'node:tls',
      'node:http2',
      'node:crypto',
    ],
  },
  control: {
    planes: ['base', 'core/match', 'core/jwt', 'platform', 'resources'],
    packages: [
      '#schema/*',
      '@bufbuild/protobuf',
      '@bufbuild/protobuf/wkt',
      '@bufbuild/protobuf/reflect',
      '@bufbuild/protobuf/codegenv2',
      'yaml',
      'node:crypto',
      'node:fs',
      'node:path',
    ],
  },
  issuer: { planes: ['base', 'core/jwt', 'platform'], packages: ['jose', 'node:*'] },
  admin: { planes: ['base'], packages: ['node:http'] },
  server: {
    planes: ['base', 'core', 'platform', 'resources', 'proxy', 'control', 'issuer', 'admin'],
    packages: ['#schema/*', '@bufbuild/protobuf', '@bufbuild/protobuf/wkt', 'node:*'],
  },
  cli: {
    planes: ['base', 'core', 'platform', 'resources', 'proxy/rehearsal', 'control', 'server'],
    packages: ['#schema/*', '@bufbuild/protobuf', '@bufbuild/protobuf/wkt', 'commander', 'node:*'],
  },
};

const IMPORT = /(?<!\.)\b(?:from|import)\s*\(?\s*'([^']+)'/g;

function sources(): string[] {
  return globSync('**/*.ts', { cwd: src })
    .filter((file) => !file.endsWith('.test.ts'))
    .sort();
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...text.matchAll(IMPORT)].map((match) => match[1] as string);
}

const planeOf = (file: string) => file.split('/')[0] as string;
const matches = (pattern: string, name: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;

describe('the walls between planes', () => {
  for (const file of sources()) {
    const plane = planeOf(file);
    const wall = WALLS[plane];
    it(`${file} imports only what ${plane} may`, () => {
      assert.ok(wall, `\`${plane}\` is not in the table of planes`);
      for (const name of importsOf(file)) {
        if (!name.startsWith('.')) {
          assert.ok(
            wall.packages.some((pattern) => matches(pattern, name)),
            `imports \`${name}\``,
          );
          continue;
        }
        const target = relative(src, join(src, dirname(file), name));
        if (planeOf(target) === plane) continue;
        const allowed = wall.planes.some(
          (room) => target === `${room}/index.ts` || target.startsWith(`${room}/`),
        );
        assert.ok(allowed, `imports \`${target}\``);
        assert.ok(target.endsWith('/index.ts'), `reaches past the front door into \`${target}\``);
      }
    });
  }
});

describe('core decides without the world', () => {
  const world =
    /\b(process|setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\b\s*[.(]|Date\.now\(|new Date\(\)|Math\.random\(/;
  for (const file of sources().filter((name) => name.startsWith('core/') || name.startsWith('base/'))) {
    it(`${file} has no clock, timer, process or network`, () => {
      const text = readFileSync(join(src, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      assert.doesNotMatch(text, world);
    });
  }
});

describe('sizes', () => {
  for (const file of sources()) {
    it(`${file} has one subject (at most 600 lines)`, () => {
      const lines = readFileSync(join(src, file), 'utf8').split('\n').length;
      assert.ok(lines <= 600, `${lines} lines`);
    });
  }
});

it('every plane that has tests beside its sources is run by test/planes', () => {
  const planes = new Set(globSync('**/*.test.ts', { cwd: src }).map(planeOf));
  const run = globSync('*.test.ts', { cwd: join(root, 'test', 'planes') }).map((name) => name.split('.')[0]);
  assert.deepEqual(run.sort(), [...planes].sort());
});
