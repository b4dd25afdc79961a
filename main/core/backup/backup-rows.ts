import { KeyholdError } from '../../../contracts/errors.ts';
import { readContexts, type StoredContext } from '../contexts/context-store.ts';
import { seedPlace } from '../credentials/keys/signers.ts';
import {
  insertKey,
  readAllKeys,
  readAllKeyTerms,
  type KeyRow,
  type KeyTerms,
} from '../credentials/keys/key-store.ts';
import type { Sql } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';
import type { BackedUpKey } from './backup-content.ts';

export interface VaultContext extends StoredContext {
  keyTerms: KeyTerms;
  keys: KeyRow[];
}

/** All contexts with their keys, oldest first. @throws KeyholdError `vault_damaged` */
export function readVaultContexts(sql: Sql): VaultContext[] {
  const terms = readAllKeyTerms(sql);
  const contexts = readContexts(sql).map((context): VaultContext => {
    const keyTerms = terms.get(context.id);
    if (keyTerms === undefined) throw new KeyholdError('vault_damaged');
    return { ...context, keyTerms, keys: [] };
  });
  const byId = new Map(contexts.map((context) => [context.id, context]));
  for (const row of readAllKeys(sql)) byId.get(row.context_id)?.keys.push(row);
  return contexts;
}

/** A key's seed; null when its private part is gone. The caller zeroes it. */
export function openSeed(vault: Vault, row: KeyRow): Buffer | null {
  return row.sealed_seed.length === 0 ? null : vault.open(seedPlace(row.id), row.sealed_seed);
}

/**
 * Puts a key of a backup into a context. A revoked one goes without its private part, as the vault keeps it.
 * @param id its id in this vault
 */
export function restoreKey(vault: Vault, contextId: string, id: string, key: BackedUpKey): void {
  const seed = key.revokedAt === null ? key.seed : null;
  insertKey(vault.sql(), {
    id,
    context_id: contextId,
    label: key.label,
    kid: key.kid,
    public_key: key.publicKey,
    sealed_seed: seed === null ? Buffer.alloc(0) : vault.seal(seedPlace(id), seed),
    source: key.source,
    created_at: key.createdAt,
    registered_at: key.registeredAt,
    last_used_at: key.lastUsedAt,
    program_used_at: null,
    program_used_by: null,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
    reminded: null,
  });
}
