import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argon2Kdf } from '../../../../main/adapters/kdf.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import { SqliteVaultFile } from '../../../../main/adapters/vault-file.ts';
import { ActivityLog } from '../../../../main/core/activity/activity-log.ts';
import { KeyService } from '../../../../main/core/keys/key-service.ts';
import type { Clock, Kdf, Random } from '../../../../main/core/ports.ts';
import { Vault } from '../../../../main/core/vault/vault.ts';

export const passphrase = 'correct horse battery staple';

/** The least cost that a vault may have: these tests are about what comes after. */
export const cheapest = { memoryKiB: 8 * 1024, iterations: 1, parallelism: 1 };

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  time = Date.parse('2026-03-01T12:00:00Z');

  now(): Date {
    return new Date(this.time);
  }

  after(): () => void {
    return () => undefined;
  }
}

/** The system's randomness; keeps each buffer it gave, so that a test can see whether it was zeroed. */
export class WatchedRandom implements Random {
  readonly given: Buffer[] = [];

  bytes(length: number): Buffer {
    const bytes = systemRandom.bytes(length);
    this.given.push(bytes);
    return bytes;
  }

  uuid(): string {
    return systemRandom.uuid();
  }
}

/** The real KDF; counts its runs and keeps the keys that it gave. */
export class WatchedKdf implements Kdf {
  readonly keys: Buffer[] = [];

  async argon2id(...input: Parameters<Kdf['argon2id']>): Promise<Buffer> {
    const key = await argon2Kdf.argon2id(...input);
    this.keys.push(key);
    return key;
  }
}

export interface VaultParts {
  folder: string;
  path: string;
  file: SqliteVaultFile;
  clock: ManualClock;
  random: WatchedRandom;
  kdf: WatchedKdf;
  vault: Vault;
  activity: ActivityLog;
  keys: KeyService;
}

const opened: { vault: Vault; folder: string }[] = [];

/** The vault with what belongs to it, on a file of its own or, for a restart, on that of `folder`. */
export function vaultParts(folder = mkdtempSync(join(tmpdir(), 'keyhold-vault-'))): VaultParts {
  const path = join(folder, 'data', 'vault.db');
  const file = new SqliteVaultFile(path, null);
  const clock = new ManualClock();
  const random = new WatchedRandom();
  const kdf = new WatchedKdf();
  const logger = fileLogger(folder, 'silent');
  const vault = new Vault({ file, clock, random, kdf, logger, kdfParameters: cheapest });
  const activity = new ActivityLog({ vault, clock });
  const keys = new KeyService({ vault, clock, random, activity });
  opened.push({ vault, folder });
  return { folder, path, file, clock, random, kdf, vault, activity, keys };
}

/** A new, unlocked vault. */
export async function newVault(): Promise<VaultParts> {
  const parts = vaultParts();
  await parts.vault.create(Buffer.from(passphrase));
  return parts;
}

/** Closes the vault and opens its file as a new start of the app would: locked. */
export function restart(parts: VaultParts): VaultParts {
  parts.vault.close();
  const again = vaultParts(parts.folder);
  again.clock.time = parts.clock.time;
  return again;
}

/** Adds the row that keys and set-ups hang on. */
export function addContext(vault: Vault, id = 'context-1', name = 'Work'): string {
  vault.sql().run(
    `INSERT INTO contexts (id, name, origin, host, service_name, user_id, state, is_current, has_registry,
       signing_alg, max_token_ttl, set_up_podman, created_at)
     VALUES (?, ?, 'https://kheeper.example', 'kheeper.example', 'Kheeper', ?, 'pending', 1, 1, 'Ed25519',
       86400, 0, '2026-03-01T12:00:00.000Z')`,
    ...[id, name, `user-of-${id}`],
  );
  return id;
}

export async function unlock(vault: Vault, text = passphrase): Promise<void> {
  await vault.unlock(Buffer.from(text));
}

/** For afterEach: closes every vault and removes its folder. */
export function removeVaults(): void {
  for (const { vault, folder } of opened.splice(0)) {
    vault.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
