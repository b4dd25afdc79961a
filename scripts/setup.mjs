// Makes a fresh checkout ready: node scripts/setup.mjs [--for start|test|demo|bench|server|check]
// Runs before `npm ci`, so it uses nothing but Node's own modules.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 18)) {
  process.stderr.write(
    `[set-up] Keyhold needs Node 20.18 or later; this is ${process.versions.node}.\n` +
      '[set-up] To mend it: install a current Node, then run the command again\n',
  );
  process.exit(1);
}
await import('./end-with-starter.mjs');
const { main } = await import('./setup/main.mjs');
process.exitCode = await main(process.argv.slice(2));
