// Runs on whatever Node the machine has, and before anything is installed, so it must parse on an old one and import no package.
import { existsSync } from 'node:fs';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  refuse(
    `jotgate needs Node 24 or newer, and this is Node ${process.versions.node}. In a checkout, \`npm ci\` brings one on Linux x64; elsewhere install it from nodejs.org.`,
  );
}
const needed = { start: ['../node_modules', '../dist/cli/main.js'], test: ['../node_modules'] };
const missing = (needed[process.env.npm_lifecycle_event] || []).filter(
  (path) => !existsSync(new URL(path, import.meta.url)),
);
if (missing.length > 0) {
  refuse(
    'This checkout has not been set up yet: run `npm ci`, which installs and builds, and then this again.',
  );
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}
