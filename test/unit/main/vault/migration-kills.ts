import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Tally } from '../../../soak/tally.ts';
import { compileCache } from '../../../support/server.ts';
import { vaultFile } from './attacked-vault.ts';
import { missingOf } from './every-state.ts';
import { removeVaults, restart, unlock } from './vault-parts.ts';

/** How long after its beginning a migration is killed, milliseconds at most: longer than one takes. */
const longestWait = 60;

/** @returns whether it was over */
async function migrateAndKill(folder: string): Promise<boolean> {
  const script = join(import.meta.dirname, 'vault-migrator.ts');
  const migrator = spawn(process.execPath, [script, folder], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(migrator, 'exit');
  let isOver = false;
  for await (const line of createInterface({ input: migrator.stdout })) {
    isOver ||= line === 'done';
    // The moment is the point here, and it is left to chance.
    if (line === 'try') setTimeout(() => migrator.kill('SIGKILL'), Math.random() * longestWait);
  }
  const [, signal] = (await exit) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error('the migrator ended by itself');
  return isOver;
}

/**
 * Kills (SIGKILL) the app at a random moment in which it gives a vault of an earlier version the newest schema, `rounds`
 * times in turn for each version, and looks at what is left. The vaults are removed.
 */
export async function migrationKills(rounds: number, tally: Tally): Promise<void> {
  for (let round = 0; round < rounds && !tally.stopped; round += 1) {
    const version = round % 2 === 0 ? 3 : 2;
    const parts = vaultFile(`every-state-schema-${version}.db`);
    const wasOver = await migrateAndKill(parts.folder);
    tally.count('kills');
    const again = restart(parts);
    const note = (what: string): void => {
      tally.wrong.push(`schema ${version}, round ${round}: ${what}`);
    };
    try {
      const found = again.vault.sql().get<{ user_version: number }>('PRAGMA user_version');
      if (found?.user_version === 3) tally.count('migrations undone');
      if (wasOver) tally.count('migrations over');
      await unlock(again.vault);
      for (const what of missingOf(again)) note(what);
    } catch (error) {
      note(String(error));
    }
    removeVaults();
  }
}
