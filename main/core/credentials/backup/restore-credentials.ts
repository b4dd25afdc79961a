import type { Sql } from '../../ports.ts';
import type { Vault } from '../../vault/vault.ts';
import { readEndedKey } from '../keys/ended-keys.ts';
import { deleteAllKeys, insertKey, writeKeyTerms, writeRevoked } from '../keys/key-store.ts';
import { seedPlace } from '../keys/signers.ts';
import type { BackedUpCredentials, BackedUpKey } from './backed-up-credentials.ts';
import type { VaultCredentials } from './vault-credentials.ts';

/** What merging does with the credentials of one context of a backup. */
export interface CredentialsPlan {
  /** Those that the vault has not. */
  added: BackedUpKey[];
  /** Those of the vault's context, by id, that the backup knows to be revoked and the vault does not. */
  revoked: { id: string; revokedAt: string }[];
  /** How many of them the vault has in another context. */
  foreign: number;
}

/**
 * Says of the credentials of a backup's contexts what merging them does.
 *
 * @param vault - Those of all contexts of the vault.
 * @returns Of one context's; `into` are those of the vault's context that it is merged into, one of `vault`.
 */
export function credentialsPlanner(
  vault: readonly VaultCredentials[],
): (credentials: BackedUpCredentials, into: VaultCredentials | null) => CredentialsPlan {
  const homes = new Map(vault.flatMap((home) => home.keys.map((row) => [row.kid, { home, row }] as const)));
  return ({ keys }, into) => {
    const known = keys.flatMap((key) => {
      const found = homes.get(key.kid);
      return found === undefined ? [] : [{ key, ...found }];
    });
    const own = known.filter(({ home }) => home === into);
    return {
      added: keys.filter(({ kid }) => !homes.has(kid)),
      revoked: own.flatMap(({ key: { revokedAt }, row }) =>
        revokedAt !== null && row.revoked_at === null ? [{ id: row.id, revokedAt }] : [],
      ),
      foreign: known.length - own.length,
    };
  };
}

/** How many different credentials a backup has, and how many the vault has that the backup has not. */
export function compareCredentials(
  vault: readonly VaultCredentials[],
  backup: readonly BackedUpCredentials[],
): { backedUp: number; leaving: number } {
  const kids = new Set(backup.flatMap(({ keys }) => keys).map(({ kid }) => kid));
  const leaving = vault.flatMap(({ keys }) => keys).filter(({ kid }) => !kids.has(kid));
  return { backedUp: kids.size, leaving: leaving.length };
}

/** Finds ids that are free in a vault. */
export interface FreeIds {
  take(id: string): string;
}

/** The ids that credentials take. */
export function idsOf({ keys }: VaultCredentials): string[] {
  return keys.map(({ id }) => id);
}

/** A credential that was accepted once, and that its service was known to refuse when it was deleted here, comes back as revoked. */
export function withEndings<C extends BackedUpCredentials>(sql: Sql, credentials: C): C {
  const ended = (key: BackedUpKey): string | null => {
    const known = key.registeredAt === null ? undefined : readEndedKey(sql, key.kid);
    return known?.refused === 1 ? known.ended_at : null;
  };
  const keys = credentials.keys.map((key) => ({ ...key, revokedAt: key.revokedAt ?? ended(key) }));
  return { ...credentials, keys };
}

/** What the service of a context asks of credentials comes from the backup. */
export function restoreTerms(sql: Sql, contextId: string, { keyTerms }: BackedUpCredentials): void {
  writeKeyTerms(sql, contextId, keyTerms);
}

/**
 * Adds what the vault's context has not, and marks what was revoked.
 *
 * @param into - What the context has; null for a new one.
 * @returns Whether a context that had nothing to sign in by has something again.
 */
export function mergeCredentials(
  vault: Vault,
  ids: FreeIds,
  contextId: string,
  { added, revoked }: CredentialsPlan,
  into: VaultCredentials | null,
): boolean {
  for (const { id, revokedAt } of revoked) writeRevoked(vault.sql(), id, revokedAt);
  for (const key of added) restoreKey(vault, ids, contextId, key);
  const hadNone = into?.keys.every((row) => row.revoked_at !== null) ?? false;
  return hadNone && added.some(({ revokedAt }) => revokedAt === null);
}

/**
 * Deletes the credentials of all contexts, for those of a backup to take their place.
 *
 * @param present - All that the vault has: what it knows to be revoked stays so, whatever an older backup says.
 * @returns Puts those of one context there.
 */
export function replaceCredentials(
  vault: Vault,
  ids: FreeIds,
  present: readonly VaultCredentials[],
): (contextId: string, credentials: BackedUpCredentials) => void {
  const revocations = new Map(
    present
      .flatMap(({ keys }) => keys)
      .flatMap((row) => (row.revoked_at === null ? [] : [[row.kid, row.revoked_at] as const])),
  );
  deleteAllKeys(vault.sql());
  return (contextId, { keys }) => {
    for (const key of keys) {
      const revokedAt = key.revokedAt ?? revocations.get(key.kid) ?? null;
      restoreKey(vault, ids, contextId, { ...key, revokedAt });
    }
  };
}

/** Puts a key of a backup into a context. A revoked one goes without its private part, as the vault keeps it. */
function restoreKey(vault: Vault, ids: FreeIds, contextId: string, key: BackedUpKey): void {
  const id = ids.take(key.id);
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
