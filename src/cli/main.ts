#!/usr/bin/env node
// This file must parse on an old Node, so that it can say which one it needs; everything else is imported after the check.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `jotgate needs Node 24 or newer, and this is Node ${process.versions.node}. Install it from nodejs.org, or run \`npm ci\` in a checkout on Linux x64, which brings one.\n`,
  );
  process.exitCode = 2;
} else {
  const { keepCompiledCode } = await import('./compiled-code.ts');
  // The demo writes nothing outside a temporary folder.
  if (process.argv[2] !== 'demo') keepCompiledCode(process.env);
  const { runMain } = await import('./program.ts');
  await runMain();
}
