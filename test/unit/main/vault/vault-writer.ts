/**
 * Writes to a vault until it is killed. Before each write it says what it is about to do, and afterwards that it is
 * done, each on a line: `try WHAT`, `done WHAT`. Usage: vault-writer.ts KIND FOLDER PASSPHRASE
 */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { writeCredential } from '../../../../main/core/contexts/context-store.ts';
import { RoleService } from '../../../../main/core/rules/role-service.ts';
import { openBackup, withBackups, type BackupParts } from '../backup/backup-parts.ts';
import { testPasted } from '../credentials/credential-parts.ts';
import { unlock, vaultParts } from './vault-parts.ts';

type Write = (round: number) => string | Promise<string>;

function say(line: string): void {
  // Past every buffer of ours: what was said is known even if the next thing is the end.
  writeSync(1, `${line}\n`);
}

/** The contexts become those of one backup, then of the other. */
function restoreInTurn(parts: BackupParts): Write {
  return async (round) => {
    const name = round % 2 === 0 ? 'one' : 'two';
    const { fileId } = await openBackup(parts, join(parts.folder, `${name}.keyhold-backup`));
    say(`try ${name}`);
    await parts.backups.restore(fileId, 'replace');
    return name;
  };
}

/** A role gets other rules. */
function saveInTurn(parts: BackupParts): Write {
  const nothing = { writeAtomic: () => Promise.resolve(), write: () => Promise.resolve() };
  const roles = new RoleService({ ...parts, files: nothing, plainClipboard: nothing });
  return (round) => {
    const text = `tkeeper.key.k${round}.sign`;
    say(`try ${text}`);
    roles.save(roles.list()[0]?.id ?? null, { name: 'Signer', text, tests: [] });
    return text;
  };
}

/** A context is signed in by another token. */
function signInInTurn({ vault, credentials }: BackupParts): Write {
  return (round) => {
    const secret = `a.b.${round}`;
    say(`try ${secret}`);
    vault.sql().transaction(() => {
      credentials.delete('context-1');
      writeCredential(vault.sql(), 'context-1', 'pasted');
      credentials.make('context-1', { ...testPasted, secret });
    });
    return secret;
  };
}

function writerOf(kind: string, parts: BackupParts, passphrase: string): Write {
  let current = passphrase;
  switch (kind) {
    case 'key':
      return () => {
        const key = parts.vault.sql().transaction(() => parts.keys.create('context-1', 'laptop'));
        return key.kid;
      };
    case 'passphrase':
      return async (round) => {
        const next = `plum anchor velvet lantern ${round}`;
        say(`try ${next}`);
        await parts.slots.changePassphrase({ old: Buffer.from(current), new: Buffer.from(next) });
        current = next;
        return next;
      };
    case 'rekey':
      return async (round) => {
        await parts.slots.rekey(Buffer.from(current));
        return String(round);
      };
    case 'restore':
      return restoreInTurn(parts);
    case 'role':
      return saveInTurn(parts);
    case 'token':
      return signInInTurn(parts);
    default:
      throw new Error(`nobody knows how to write ${kind}`);
  }
}

const [kind = '', folder = '', passphrase = ''] = process.argv.slice(2);
const parts = withBackups(vaultParts(folder));
parts.clock.time = Date.now();
await unlock(parts.vault, passphrase);
// Node does it at its end, which does not come here.
flushCompileCache();
const write = writerOf(kind, parts, passphrase);
for (let round = 0; ; round += 1) {
  parts.clock.time += 1000;
  say(`done ${await write(round)}`);
}
