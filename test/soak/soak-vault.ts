import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { fileLogger } from '../../main/adapters/logger.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { SqliteVaultFile } from '../../main/adapters/vault-file.ts';
import { ActivityLog } from '../../main/core/activity/activity-log.ts';
import { KeyService } from '../../main/core/credentials/keys/key-service.ts';
import type { Kdf } from '../../main/core/ports.ts';
import { parseHeader, passphraseSlotOf } from '../../main/core/vault/header.ts';
import { unwrapWithPassphrase } from '../../main/core/vault/slots.ts';
import { VaultSlots } from '../../main/core/vault/vault-slots.ts';
import { Vault } from '../../main/core/vault/vault.ts';
import { MemoryKeychain } from '../unit/main/vault/memory-keychain.ts';
import { addContext, cheapest, vaultParts, type VaultParts } from '../unit/main/vault/vault-parts.ts';

export const passphrase = 'correct horse battery staple';

/** Most that a vault may ask for: memory in KiB, and memory times iterations. */
const most = { memoryKiB: 256 * 1024, work: 64 * 64 * 1024 };

/**
 * Stands in for Argon2id, which would be nearly all that these cases do: another key for each input, at once. To be asked for
 * more than a vault may ask for is an error.
 */
const quickKdf: Kdf = {
  argon2id(secret, salt, { memoryKiB, iterations, parallelism }) {
    const isBearable =
      memoryKiB <= most.memoryKiB && memoryKiB * iterations <= most.work && parallelism <= 16;
    if (!isBearable) throw new Error(`a key is to be derived with ${memoryKiB} KiB, ${iterations} times`);
    const terms = `${memoryKiB} ${iterations} ${parallelism} `;
    return Promise.resolve(createHash('sha256').update(terms).update(salt).update(secret).digest());
  },
};

export interface OpenParts {
  vault: Vault;
  keys: KeyService;
  activity: ActivityLog;
}

/** A closed vault with three ways in and rows, as a file and in its parts. */
export interface SoakVault {
  parts: VaultParts;
  kdf: Kdf;
  keychain: MemoryKeychain;
  /** The recovery code. */
  code: string;
  bytes: Buffer;
  /** The file as it was before the last row was written. */
  earlier: Buffer;
  headerText: string;
  mac: Buffer;
  vaultId: string;
  dataKey: Buffer;
}

/** The vault in a file, as a start of the app finds it. */
export function vaultIn(path: string, { clock, folder }: VaultParts): OpenParts {
  const [file, random] = [new SqliteVaultFile(path, null), systemRandom];
  const logger = fileLogger(folder, 'silent');
  const vault = new Vault({ file, clock, random, kdf: quickKdf, logger, kdfParameters: cheapest });
  const activity = new ActivityLog({ vault, clock });
  return { vault, activity, keys: new KeyService({ vault, clock, random, activity }) };
}

/** Makes a vault. Its folder is removed with `removeVaults`. */
export async function newSoakVault(): Promise<SoakVault> {
  const parts = vaultParts();
  const keychain = new MemoryKeychain();
  const { vault, keys } = vaultIn(parts.path, parts);
  const slots = new VaultSlots({ vault, keychain, beforeRekey: () => undefined });
  await vault.create(Buffer.from(passphrase));
  await slots.addKeychain(null);
  const { code } = slots.codes.read(await slots.makeRecoveryCode(null));
  for (const name of ['one', 'two', 'three']) keys.create(addContext(vault, `context-${name}`, name), name);
  vault.close();
  const earlier = readFileSync(parts.path);
  await vault.unlock(Buffer.from(passphrase));
  keys.create('context-one', 'the last');
  vault.close();
  const database = new Database(parts.path, { readonly: true });
  const row = database
    .prepare<[], { header: string; mac: Buffer }>('SELECT header, mac FROM vault_header')
    .get();
  database.close();
  if (row === undefined) throw new Error('the vault has no header');
  const header = parseHeader(row.header);
  const slot = passphraseSlotOf(header);
  const dataKey = await unwrapWithPassphrase(quickKdf, header.vaultId, slot, Buffer.from(passphrase));
  if (dataKey === null) throw new Error('the vault does not open');
  const stored = { headerText: row.header, mac: row.mac, vaultId: header.vaultId, dataKey };
  return { parts, kdf: quickKdf, keychain, code, bytes: readFileSync(parts.path), earlier, ...stored };
}
