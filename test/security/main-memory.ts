import { argon2Kdf } from '../../main/adapters/kdf.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import { SqliteVaultFile } from '../../main/adapters/vault-file.ts';
import { unwrapWithPassphrase } from '../../main/core/vault/slots.ts';
import { openStore } from '../../main/core/vault/vault-store.ts';
import { passphrase } from '../e2e/fixtures.ts';
import type { Home, RunningApp } from '../e2e/launch.ts';
import { inMain } from '../support/in-main.ts';
import { inMemory, inReachableStrings } from '../support/process-memory.ts';
import { withVaultCopy, type Needles } from './needles.ts';

/** What of an app's secrets is in its main process. */
export interface MainMemory {
  /** Names of those that are in a string which can still be reached. */
  reachable(): Promise<string[]>;
  /** Which of the seed and the vault's data key is anywhere in memory. */
  keys(): string[];
  /** Has V8 give back what nobody reaches any more: key objects of the system's cryptography go with their handles. */
  collectGarbage(): Promise<void>;
}

/** The key that all others of the vault come from. */
async function dataKeyOf(path: string): Promise<Buffer> {
  const store = openStore(new SqliteVaultFile(path, null), systemClock, () => undefined);
  store.sql.close();
  const slot = store.header.slots.find(({ kind }) => kind === 'passphrase');
  if (slot?.kind !== 'passphrase') throw new Error('the vault has no passphrase slot');
  const key = await unwrapWithPassphrase(argon2Kdf, store.header.vaultId, slot, Buffer.from(passphrase));
  if (key === null) throw new Error('the passphrase does not fit');
  return key;
}

export async function memoryOf(
  { electron }: RunningApp,
  home: Home,
  secrets: Needles['secrets'],
): Promise<MainMemory> {
  const keys = new Map([
    ['seed', secrets.get('seed, raw') ?? Buffer.alloc(0)],
    ['data key', await withVaultCopy(home, dataKeyOf)],
  ]);
  return {
    reachable: () => inReachableStrings(electron, secrets),
    keys: () => inMemory(electron.process().pid ?? -1, keys),
    collectGarbage: () =>
      inMain(electron, () => {
        process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
        (process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void)();
      }),
  };
}
