import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { argon2Kdf } from '../../main/adapters/kdf.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { SqliteVaultFile } from '../../main/adapters/vault-file.ts';
import { DiskVaultFolder } from '../../main/adapters/vault-folder.ts';
import { VaultCopies } from '../../main/core/backup/vault-copies.ts';
import { Vault } from '../../main/core/vault/vault.ts';

/** The least cost that the vault accepts when it reads a header: tests are about what comes after. */
export const cheapest = { memoryKiB: 8 * 1024, iterations: 1, parallelism: 1 };

/** The product's own vault on a file, for what a test has to prepare or to look up. Close it after use. */
export function openVault(path: string): Vault {
  return new Vault({
    file: new SqliteVaultFile(path, null),
    clock: systemClock,
    random: systemRandom,
    kdf: argon2Kdf,
    logger: fileLogger(dirname(path), 'silent'),
    kdfParameters: cheapest,
  });
}

/** Makes a vault file as the app would, with a cheap passphrase slot, and closes it. */
export async function makeVault(path: string, passphrase: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const vault = openVault(path);
  await vault.create(Buffer.from(passphrase, 'utf8'));
  vault.lock();
  vault.close();
}

/** Makes a dated copy of a closed vault, as the app does once a day. */
export function copyVault(path: string, day: Date): void {
  const vault = openVault(path);
  const folder = new DiskVaultFolder(path, null);
  const clock = { ...systemClock, now: () => day };
  new VaultCopies({ vault, folder, clock, logger: fileLogger(dirname(path), 'silent') }).keepDaily();
  vault.close();
}
