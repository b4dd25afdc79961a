/**
 * Unlocks a vault of an earlier version until it is killed: says `try` when its migration begins, and `done` when it is
 * over. Usage: vault-migrator.ts FOLDER
 */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { unlock, vaultParts } from './vault-parts.ts';

const parts = vaultParts(process.argv[2] ?? '');
const backup = parts.file.backup.bind(parts.file);
parts.file.backup = (...args) => {
  // Past every buffer of ours: what was said is known even if the next thing is the end.
  writeSync(1, 'try\n');
  backup(...args);
};
// Node does it at its end, which does not come here.
flushCompileCache();
await unlock(parts.vault);
writeSync(1, 'done\n');
// Stays until it is killed.
setInterval(() => undefined, 60_000);
