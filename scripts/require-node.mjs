// Runs on whatever Node the machine has, so it must parse on an old one.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `jotgate needs Node 24 or newer, and this is Node ${process.versions.node}. In a checkout, \`npm ci\` brings one on Linux x64; elsewhere install it from nodejs.org.\n`,
  );
  process.exit(2);
}
