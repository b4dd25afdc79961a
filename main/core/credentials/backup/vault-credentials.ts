import type { ActivityKind } from '../../activity/activity-log.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { grouped } from '../../lib/grouped.ts';
import type { Sql } from '../../ports.ts';
import type { Vault } from '../../vault/vault.ts';
import { wipe } from '../../vault/bytes.ts';
import { readAllKeys, readAllKeyTerms, type KeyRow, type KeyTerms } from '../keys/key-store.ts';
import { seedPlace } from '../keys/signers.ts';
import { isGenuine, type BackedUpCredentials, type BackedUpKey, type Each } from './backed-up-credentials.ts';

/** The credentials of one context as the vault keeps them, oldest first. */
export interface VaultCredentials {
  keyTerms: KeyTerms;
  keys: KeyRow[];
}

/** Those of all contexts, by the context's id. @throws KeyholdError `vault_damaged` for a context without */
export function readVaultCredentials(sql: Sql): (contextId: string) => VaultCredentials {
  const terms = readAllKeyTerms(sql);
  const keys = grouped(readAllKeys(sql), ({ context_id: id }) => id);
  return (contextId) => {
    const keyTerms = terms.get(contextId);
    if (keyTerms === undefined) throw new KeyholdError('vault_damaged');
    return { keyTerms, keys: keys.get(contextId) ?? [] };
  };
}

/** What the activity log has for each credential that was made or came in. */
export const madeKinds: readonly ActivityKind[] = ['key.created', 'key.imported'];

/** How many credentials there are that were not revoked. */
export function countLiving(sql: Sql): number {
  return readAllKeys(sql).filter(({ revoked_at }) => revoked_at === null).length;
}

/** A key's seed; null when its private part is gone. The caller zeroes it. */
export function openSeed(vault: Vault, row: KeyRow): Buffer | null {
  return row.sealed_seed.length === 0 ? null : vault.open(seedPlace(row.id), row.sealed_seed);
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

/**
 * Opens the secrets of some contexts' credentials. The caller zeroes them.
 *
 * @throws KeyholdError `vault_damaged` when one does not open or is not what it is said to be; what `each` throws.
 */
export async function openCredentials(
  vault: Vault,
  all: readonly VaultCredentials[],
  each: Each,
): Promise<(credentials: VaultCredentials) => BackedUpCredentials> {
  const seeds = new Map<string, Buffer | null>();
  try {
    await each(
      all.flatMap(({ keys }) => keys),
      (row) => {
        const seed = openSeed(vault, row);
        seeds.set(row.id, seed);
        if (!isGenuine({ seed, publicKey: row.public_key })) throw new KeyholdError('vault_damaged');
      },
    );
  } catch (error) {
    for (const seed of seeds.values()) if (seed !== null) wipe(seed);
    throw error;
  }
  return ({ keyTerms, keys }) => ({
    keyTerms,
    keys: keys.map((row) => toBackedUp(row, seeds.get(row.id) ?? null)),
  });
}
