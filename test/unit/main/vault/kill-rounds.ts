import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pastedPlace, readAllPasted } from '../../../../main/core/credentials/pasted/pasted-store.ts';
import { readRoles } from '../../../../main/core/rules/role-store.ts';
import type { Tally } from '../../../soak/tally.ts';
import { compileCache } from '../../../support/server.ts';
import { addWorkContext, save, withBackups, type BackupParts } from '../backup/backup-parts.ts';
import { addContext, newVault, passphrase, restart, unlock, type VaultParts } from './vault-parts.ts';

export const killKinds = ['key', 'passphrase', 'rekey', 'restore', 'role', 'token'] as const;
export type KillKind = (typeof killKinds)[number];

interface Said {
  tried: string | null;
  done: string[];
}

/** How long after its last report a writer is killed, milliseconds at most: longer than a write takes. */
const longestWait = 40;

/** Starts a writer and kills it some time after one of its first writes. */
async function writeAndKill(kind: KillKind, folder: string, word: string): Promise<Said> {
  const script = join(import.meta.dirname, 'vault-writer.ts');
  const writer = spawn(process.execPath, [script, kind, folder, word], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(writer, 'exit');
  const until = 1 + Math.floor(Math.random() * (['key', 'role', 'token'].includes(kind) ? 25 : 4));
  const said: Said = { tried: null, done: [] };
  for await (const line of createInterface({ input: writer.stdout })) {
    const [verb, ...rest] = line.split(' ');
    if (verb === 'try') said.tried = rest.join(' ');
    else said.done.push(rest.join(' '));
    // The moment is the point here, and it is left to chance.
    if (said.done.length === until) setTimeout(() => writer.kill('SIGKILL'), Math.random() * longestWait);
  }
  const [, signal] = (await exit) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`the writer of ${kind} ended by itself`);
  return said;
}

interface Check {
  parts: VaultParts;
  said: Said;
  /** What was reported as done in all rounds so far. */
  allDone: readonly string[];
  wrong: (what: string) => void;
}

function signsWithAll({ parts, wrong }: Check): void {
  // Of keys that a restore took away only the public half is left.
  const kept = parts.vault.sql().all<{ kid: string }>('SELECT kid FROM keys');
  for (const { kid } of kept) {
    try {
      parts.keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {});
    } catch {
      wrong(`key ${kid} does not sign`);
    }
  }
}

/** What must be found, for each kind of write. */
const checks: Readonly<Record<KillKind, (check: Check) => void>> = {
  key(check) {
    const kept = new Set(check.parts.keys.list('context-1').map(({ kid }) => kid));
    for (const kid of check.allDone) if (!kept.has(kid)) check.wrong(`key ${kid} is missing`);
    signsWithAll(check);
  },
  passphrase: signsWithAll,
  rekey: signsWithAll,
  restore(check) {
    const { parts, said, wrong } = check;
    const found = parts.vault
      .sql()
      .all<{ name: string }>('SELECT name FROM contexts ORDER BY name')
      .map(({ name }) => name)
      .join();
    const wanted: Record<string, string> = { one: 'A', two: 'B,C' };
    const possible = [said.done.at(-1), said.tried].map((name) => wanted[name ?? '']);
    if (!possible.includes(found)) wrong(`contexts are ${found} after ${possible.join(' or ')}`);
    signsWithAll(check);
  },
  role(check) {
    requireLast(
      check,
      readRoles(check.parts.vault).map(({ text }) => text),
    );
  },
  token(check) {
    const { vault } = check.parts;
    requireLast(
      check,
      readAllPasted(vault.sql()).map(({ id, sealedToken }) =>
        vault.open(pastedPlace(id), sealedToken).toString(),
      ),
    );
  },
};

/** What is kept is the last that was reported, or the one that was being written. */
function requireLast({ said, wrong }: Check, found: readonly string[]): void {
  const possible = [said.done.at(-1), said.tried];
  if (found.length !== 1 || !possible.includes(found[0]))
    wrong(`there is ${found.join()} after ${possible.join(' or ')}`);
}

/** The vault of a kind with what its writer needs. */
async function prepare(kind: KillKind): Promise<VaultParts> {
  const made = await newVault();
  if (kind !== 'restore') {
    made.keys.create(addContext(made.vault), 'first');
    return made;
  }
  const parts = withBackups(made);
  await saveAs(parts, 'two', ['B', 'C']);
  made.vault.sql().run('DELETE FROM contexts');
  await saveAs(parts, 'one', ['A']);
  return made;
}

async function saveAs(parts: BackupParts, name: string, contexts: readonly string[]): Promise<void> {
  for (const context of contexts) {
    const { id } = addWorkContext(parts.vault, { name: context, userId: `u_${context}` });
    parts.keys.create(id, context);
  }
  await save(parts, join(parts.folder, `${name}.keyhold-backup`));
}

/** Opens the vault with the last passphrase that was reported, or with the one that was being set. */
async function open(parts: VaultParts, words: readonly string[]): Promise<string | null> {
  for (const word of words) {
    const opened = await unlock(parts.vault, word).then(
      () => true,
      () => false,
    );
    if (opened) return word;
  }
  return null;
}

/**
 * Lets an app write to a vault and kills it (SIGKILL) at a random moment, `rounds` times, and looks each time at what is
 * left. The tally counts the kills and the writes that were reported as done. The vaults are removed with `removeVaults`.
 */
export async function killRounds(kind: KillKind, rounds: number, tally: Tally): Promise<void> {
  let parts = await prepare(kind);
  let word = passphrase;
  const allDone: string[] = [];
  for (let round = 0; round < rounds && !tally.stopped; round += 1) {
    parts.vault.close();
    const said = await writeAndKill(kind, parts.folder, word);
    allDone.push(...said.done);
    tally.count('kills');
    tally.count('writes', said.done.length);
    const note = (what: string): void => {
      tally.wrong.push(`${kind}, round ${round}: ${what}`);
    };
    parts = restart(parts);
    const words = kind === 'passphrase' ? [said.done.at(-1) ?? word, said.tried ?? word] : [word];
    const opened = await open(parts, words);
    if (opened === null) {
      note('the vault does not open');
      break;
    }
    word = opened;
    if (parts.activity.verify().brokenAt !== null) note('the activity log is broken');
    checks[kind]({ parts, said, allDone, wrong: note });
  }
  parts.vault.close();
}
