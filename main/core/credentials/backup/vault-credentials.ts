import type { ActivityKind } from '../../activity/activity-log.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { grouped } from '../../lib/grouped.ts';
import type { Sql } from '../../ports.ts';
import type { Vault } from '../../vault/vault.ts';
import { wipe } from '../../vault/bytes.ts';
import { apiKeyPlace, readAllApiKeys, type ApiKeyRow } from '../api-keys/api-key-store.ts';
import { readAllKeys, readAllKeyTerms, type KeyRow, type KeyTerms } from '../keys/key-store.ts';
import { seedPlace } from '../keys/signers.ts';
import { readAllPasted } from '../pasted/pasted-store.ts';
import { readAllSessions } from '../sessions/session-store.ts';
import {
  isGenuine,
  type BackedUpApiKey,
  type BackedUpCredentials,
  type BackedUpKey,
  type Each,
} from './backed-up-credentials.ts';

/** The credentials of one context as the vault keeps them, keys oldest first. */
export interface VaultCredentials {
  /** Null where the service takes no keys. */
  keyTerms: KeyTerms | null;
  keys: KeyRow[];
  apiKey: ApiKeyRow | null;
  /** Whether a session or a token signs it in, which no backup holds. */
  hasUnsaved: boolean;
}

/** Those of all contexts, by the context's id. */
export function readVaultCredentials(sql: Sql): (contextId: string) => VaultCredentials {
  const terms = readAllKeyTerms(sql);
  const keys = grouped(readAllKeys(sql), ({ context_id: id }) => id);
  const apiKeys = new Map(readAllApiKeys(sql).map((row) => [row.contextId, row]));
  const unsaved = new Set([...readAllSessions(sql), ...readAllPasted(sql)].map(({ contextId }) => contextId));
  return (contextId) => ({
    keyTerms: terms.get(contextId) ?? null,
    keys: keys.get(contextId) ?? [],
    apiKey: apiKeys.get(contextId) ?? null,
    hasUnsaved: unsaved.has(contextId),
  });
}

/** What the activity log has for each credential that was made or came in, of the kinds that backups hold. */
export const madeKinds: readonly ActivityKind[] = ['key.created', 'key.imported', 'api_key.saved'];

/** How many credentials there are, of the kinds that backups hold, that were not revoked. */
export function countLiving(sql: Sql): number {
  const keys = readAllKeys(sql).filter(({ revoked_at }) => revoked_at === null);
  return keys.length + readAllApiKeys(sql).length;
}

/** How many credentials a vault file has, of the kinds that backups hold; it may be of an earlier version. */
export function countStored(sql: Sql): number {
  const tables = sql.all<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('keys', 'api_keys')`,
  );
  const counts = tables.map(
    ({ name }) => sql.get<{ count: number }>(`SELECT count(*) AS count FROM ${name}`)?.count ?? 0,
  );
  return counts.reduce((total, count) => total + count, 0);
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

function apiKeyToBackUp(vault: Vault, row: ApiKeyRow): BackedUpApiKey {
  const { id, keyId, label, createdAt, expiresAt } = row;
  return { id, keyId, label, createdAt, expiresAt, secret: vault.open(apiKeyPlace(id), row.sealedKey) };
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
  const apiKeys = new Map<string, BackedUpApiKey>();
  try {
    await each(
      all.flatMap(({ keys }) => keys),
      (row) => {
        const seed = openSeed(vault, row);
        seeds.set(row.id, seed);
        if (!isGenuine({ seed, publicKey: row.public_key })) throw new KeyholdError('vault_damaged');
      },
    );
    for (const { apiKey } of all) if (apiKey !== null) apiKeys.set(apiKey.id, apiKeyToBackUp(vault, apiKey));
  } catch (error) {
    for (const seed of seeds.values()) if (seed !== null) wipe(seed);
    for (const { secret } of apiKeys.values()) wipe(secret);
    throw error;
  }
  return ({ keyTerms, keys, apiKey }) => ({
    keyTerms,
    keys: keys.map((row) => toBackedUp(row, seeds.get(row.id) ?? null)),
    apiKey: apiKeys.get(apiKey?.id ?? '') ?? null,
  });
}
