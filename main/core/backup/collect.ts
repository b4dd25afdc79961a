import { KeyholdError } from '../../../contracts/errors.ts';
import { nativePublicKey } from '../credentials/keys/ed25519.ts';
import { readChoices } from '../contexts/registry-account-store.ts';
import type { KeyRow } from '../credentials/keys/key-store.ts';
import { wipe } from '../vault/bytes.ts';
import type { Vault } from '../vault/vault.ts';
import {
  decodeContent,
  encodeContent,
  keysOf,
  wipeContent,
  type BackedUpKey,
  type BackupContent,
} from './backup-content.ts';
import { openSeed, readVaultContexts } from './backup-rows.ts';
import type { LongWork } from './long-work.ts';

export interface Counts {
  contexts: number;
  keys: number;
}

function isGenuine({ seed, publicKey }: Pick<BackedUpKey, 'seed' | 'publicKey'>): boolean {
  return seed === null || nativePublicKey(seed).equals(publicKey);
}

function toBackedUp(row: KeyRow, seed: Buffer | null): BackedUpKey {
  return {
    id: row.id,
    label: row.label,
    kid: row.kid,
    publicKey: row.public_key,
    seed,
    source: row.source,
    createdAt: row.created_at,
    registeredAt: row.registered_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

/** A backup that could not be restored must not be written: what is in it is read once before. */
function readableAgain(plain: Buffer): Buffer {
  try {
    wipeContent(decodeContent(plain));
    return plain;
  } catch {
    wipe(plain);
    throw new KeyholdError('vault_damaged');
  }
}

/**
 * All contexts and keys of the vault as the bytes of a backup's content. The caller zeroes `plain`.
 * @param savedAt RFC 3339
 * @throws Cancelled; KeyholdError `vault_locked`, `vault_damaged`
 */
export async function collect(
  vault: Vault,
  work: LongWork,
  savedAt: string,
): Promise<{ plain: Buffer; counts: Counts }> {
  const contexts = readVaultContexts(vault.sql());
  const choices = readChoices(vault.sql());
  const seeds = new Map<string, Buffer | null>();
  try {
    const keys = contexts.flatMap((context) => context.keys);
    await work.each('keys', keys, (key) => {
      const seed = openSeed(vault, key);
      seeds.set(key.id, seed);
      if (!isGenuine({ seed, publicKey: key.public_key })) throw new KeyholdError('vault_damaged');
    });
    const content: BackupContent = {
      savedAt,
      contexts: contexts.map((context) => ({
        ...context,
        answers: choices.get(context.host) === context.id,
        keys: context.keys.map((row) => toBackedUp(row, seeds.get(row.id) ?? null)),
      })),
    };
    const plain = readableAgain(encodeContent(content));
    return { plain, counts: { contexts: contexts.length, keys: keys.length } };
  } finally {
    for (const seed of seeds.values()) if (seed !== null) wipe(seed);
  }
}

/**
 * The content of a decrypted backup, with every key checked. Zeroes `plain`; the caller wipes the answer.
 * @throws Cancelled; KeyholdError `backup_damaged`, `backup_newer`
 */
export async function readContent(work: LongWork, plain: Buffer): Promise<BackupContent> {
  let content: BackupContent;
  try {
    content = decodeContent(plain);
  } finally {
    wipe(plain);
  }
  try {
    await work.each('keys', keysOf(content.contexts), (key) => {
      if (!isGenuine(key)) throw new KeyholdError('backup_damaged');
    });
    return content;
  } catch (error) {
    wipeContent(content);
    throw error;
  }
}
