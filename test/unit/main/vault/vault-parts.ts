import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { argon2Kdf } from '../../../../main/adapters/kdf.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import { SqliteVaultFile } from '../../../../main/adapters/vault-file.ts';
import { DiskVaultFolder } from '../../../../main/adapters/vault-folder.ts';
import { ActivityLog } from '../../../../main/core/activity/activity-log.ts';
import { VaultCopies } from '../../../../main/core/backup/vault-copies.ts';
import { KeyService } from '../../../../main/core/credentials/keys/key-service.ts';
import { writeKeyTerms } from '../../../../main/core/credentials/keys/key-store.ts';
import type { Clock, Kdf, Random } from '../../../../main/core/ports.ts';
import { parseHeader, type VaultHeader } from '../../../../main/core/vault/header.ts';
import { Vault } from '../../../../main/core/vault/vault.ts';
import { VaultSlots } from '../../../../main/core/vault/vault-slots.ts';
import { MemoryKeychain } from './memory-keychain.ts';

export const passphrase = 'correct horse battery staple';

/** The least cost that a vault may have: these tests are about what comes after. */
export const cheapest = { memoryKiB: 8 * 1024, iterations: 1, parallelism: 1 };

/** A clock that stands still until it is moved. What is planned with it happens when the test says so. */
export class ManualClock implements Clock {
  time = Date.parse('2026-03-01T12:00:00Z');
  readonly #planned = new Set<() => void>();

  now(): Date {
    return new Date(this.time);
  }

  after(_ms: number, task: () => void): () => void {
    this.#planned.add(task);
    return () => {
      this.#planned.delete(task);
    };
  }

  /** Runs all that is planned, once. */
  runPlanned(): void {
    const planned = [...this.#planned];
    this.#planned.clear();
    for (const task of planned) task();
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
  /** What happens elsewhere while a key is being derived. `run`: how many there have been with this one. */
  meanwhile: (run: number) => void = () => undefined;

  async argon2id(...input: Parameters<Kdf['argon2id']>): Promise<Buffer> {
    const key = await argon2Kdf.argon2id(...input);
    this.keys.push(key);
    this.meanwhile(this.keys.length);
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
  vaultFolder: DiskVaultFolder;
  copies: VaultCopies;
  keychain: MemoryKeychain;
  slots: VaultSlots;
  activity: ActivityLog;
  keys: KeyService;
}

const opened: { vault: Vault; folder: string }[] = [];

/** The vault with what belongs to it, on a file of its own or, for a restart, on that of `folder`. */
export function vaultParts(
  folder = mkdtempSync(join(tmpdir(), 'keyhold-vault-')),
  keychain = new MemoryKeychain(),
): VaultParts {
  const path = join(folder, 'data', 'vault.db');
  const file = new SqliteVaultFile(path, null);
  const clock = new ManualClock();
  const random = new WatchedRandom();
  const kdf = new WatchedKdf();
  const logger = fileLogger(folder, 'silent');
  const vault = new Vault({ file, clock, random, kdf, logger, kdfParameters: cheapest });
  const vaultFolder = new DiskVaultFolder(path, null);
  const copies = new VaultCopies({ vault, folder: vaultFolder, clock, logger });
  const beforeRekey = (): void => {
    copies.keep();
  };
  const slots = new VaultSlots({ vault, keychain, beforeRekey });
  const activity = new ActivityLog({ vault, clock });
  const keys = new KeyService({ vault, clock, random, activity });
  opened.push({ vault, folder });
  return {
    folder,
    path,
    file,
    clock,
    random,
    kdf,
    vault,
    vaultFolder,
    copies,
    keychain,
    slots,
    activity,
    keys,
  };
}

/** A new, unlocked vault. */
export async function newVault(): Promise<VaultParts> {
  const parts = vaultParts();
  await parts.vault.create(Buffer.from(passphrase));
  return parts;
}

/** A copy of some bytes, of which one bit is the other. */
export function withBitFlipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}

/** Closes the vault and opens its file as a new start of the app would: locked. */
export function restart(parts: VaultParts): VaultParts {
  parts.vault.close();
  const again = vaultParts(parts.folder, parts.keychain);
  again.clock.time = parts.clock.time;
  return again;
}

/** Adds the row that keys and set-ups hang on. */
export function addContext(vault: Vault, id = 'context-1', name = 'Work'): string {
  vault.sql().run(
    `INSERT INTO contexts (id, name, origin, host, service_name, dialects, user_id, credential, is_current, has_registry,
       set_up_podman, set_up_docker, created_at)
     VALUES (?, ?, 'https://kheeper.example', 'kheeper.example', 'Kheeper', 'keyhold', ?, 'key', 1, 1, 0, 0,
       '2026-03-01T12:00:00.000Z')`,
    ...[id, name, `user-of-${id}`],
  );
  writeKeyTerms(vault.sql(), id, { signingAlg: 'Ed25519', maxTokenTtl: 86_400 });
  return id;
}

export async function unlock(vault: Vault, text = passphrase): Promise<void> {
  await vault.unlock(Buffer.from(text));
}

/** The files of a vault as a thief would find them at this moment: an open vault lets nobody else in. */
export function openAsFound(path: string): Database.Database {
  const copy = join(mkdtempSync(join(dirname(path), '..', 'found-')), 'vault.db');
  for (const suffix of ['', '-wal'].filter((each) => existsSync(`${path}${each}`))) {
    copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
  }
  return new Database(copy);
}

/** What opens the vault, as its file says. */
export function storedHeader(path: string): VaultHeader {
  const database = openAsFound(path);
  const row = database.prepare<[], { header: string }>('SELECT header FROM vault_header').get();
  database.close();
  return parseHeader(row?.header ?? '');
}

/** Changes the stored header as someone with an editor for SQLite files could. */
export function writeStoredHeader(path: string, text: string): void {
  const database = new Database(path);
  database.prepare('UPDATE vault_header SET header = ?').run(text);
  database.close();
}

/** The same base64 with its first bit flipped. */
export function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return bytes.toString('base64');
}

/** For afterEach: closes every vault and removes its folder. */
export function removeVaults(): void {
  for (const { vault, folder } of opened.splice(0)) {
    vault.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
