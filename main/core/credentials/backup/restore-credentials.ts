import type { Sql } from '../../ports.ts';
import type { Vault } from '../../vault/vault.ts';
import { apiKeyPlace, deleteAllApiKeys, insertApiKey } from '../api-keys/api-key-store.ts';
import { readEndedKey } from '../keys/ended-keys.ts';
import { deleteAllKeys, deleteKeyTerms, insertKey, writeKeyTerms, writeRevoked } from '../keys/key-store.ts';
import { seedPlace } from '../keys/signers.ts';
import { deleteAllPasted } from '../pasted/pasted-store.ts';
import { deleteAllSessions } from '../sessions/session-store.ts';
import type { BackedUpApiKey, BackedUpCredentials, BackedUpKey } from './backed-up-credentials.ts';
import type { VaultCredentials } from './vault-credentials.ts';

/** What merging does with the credentials of one context of a backup. */
export interface CredentialsPlan {
  /** Those that the vault has not. */
  added: BackedUpKey[];
  /** The one that is to sign in, where nothing else does; null where there is none. */
  apiKey: BackedUpApiKey | null;
  /** Those of the vault's context, by id, that the backup knows to be revoked and the vault does not. */
  revoked: { id: string; revokedAt: string }[];
  /** How many of them the vault has in another context. */
  foreign: number;
}

const nothingToMerge: CredentialsPlan = { added: [], apiKey: null, revoked: [], foreign: 0 };

/**
 * Says of the credentials of a backup's contexts what merging them does. A context that the vault has signs in by one
 * credential, and keeps it: keys come back to one that keys sign in, or that is signed out, and API keys to none.
 *
 * @param vault - Those of all contexts of the vault.
 * @returns Of one context's; `into` are those of the vault's context that it is merged into, one of `vault`.
 */
export function credentialsPlanner(
  vault: readonly VaultCredentials[],
): (credentials: BackedUpCredentials, into: VaultCredentials | null) => CredentialsPlan {
  const homes = new Map(vault.flatMap((home) => home.keys.map((row) => [row.kid, { home, row }] as const)));
  return ({ keys, apiKey }, into) => {
    if (into !== null && (into.apiKey !== null || into.hasUnsaved)) return nothingToMerge;
    const known = keys.flatMap((key) => {
      const found = homes.get(key.kid);
      return found === undefined ? [] : [{ key, ...found }];
    });
    const own = known.filter(({ home }) => home === into);
    return {
      added: keys.filter(({ kid }) => !homes.has(kid)),
      apiKey: into === null ? apiKey : null,
      revoked: own.flatMap(({ key: { revokedAt }, row }) =>
        revokedAt !== null && row.revoked_at === null ? [{ id: row.id, revokedAt }] : [],
      ),
      foreign: known.length - own.length,
    };
  };
}

/**
 * How many different credentials a backup has, and how many the vault has that the backup has not: sessions and tokens
 * always.
 */
export function compareCredentials(
  vault: readonly VaultCredentials[],
  backup: readonly BackedUpCredentials[],
): { backedUp: number; leaving: number } {
  const known = new Set(backup.flatMap(namesOf));
  const leaving = vault.flatMap(namesOf).filter((name) => !known.has(name));
  const unsaved = vault.filter(({ hasUnsaved }) => hasUnsaved);
  return { backedUp: known.size, leaving: leaving.length + unsaved.length };
}

/** What tells one credential of all others, in a backup and in the vault. */
function namesOf({
  keys,
  apiKey,
}: Pick<BackedUpCredentials | VaultCredentials, 'keys' | 'apiKey'>): string[] {
  return [...keys.map(({ kid }) => kid), ...(apiKey === null ? [] : [apiKey.keyId])];
}

/**
 * What makes a context another one than all others of its account, in a backup and in the vault: the API key that signs
 * it in, for each has a scope of its own.
 */
export function ownNameOf({ apiKey }: Pick<BackedUpCredentials | VaultCredentials, 'apiKey'>): string {
  return apiKey?.keyId ?? '';
}

/** How many credentials merging adds to a context. */
export function countAdded({ added, apiKey }: CredentialsPlan): number {
  return added.length + Number(apiKey !== null);
}

/** Finds ids that are free in a vault. */
export interface FreeIds {
  take(id: string): string;
}

/** The ids that credentials take. */
export function idsOf({ keys, apiKey }: VaultCredentials): string[] {
  return [...keys.map(({ id }) => id), ...(apiKey === null ? [] : [apiKey.id])];
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
  if (keyTerms === null) deleteKeyTerms(sql, contextId);
  else writeKeyTerms(sql, contextId, keyTerms);
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
  { added, apiKey, revoked }: CredentialsPlan,
  into: VaultCredentials | null,
): boolean {
  for (const { id, revokedAt } of revoked) writeRevoked(vault.sql(), id, revokedAt);
  for (const key of added) restoreKey(vault, ids, contextId, key);
  if (apiKey !== null) restoreApiKey(vault, ids, contextId, apiKey);
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
  deleteAllApiKeys(vault.sql());
  deleteAllSessions(vault.sql());
  deleteAllPasted(vault.sql());
  return (contextId, { keys, apiKey }) => {
    for (const key of keys) {
      const revokedAt = key.revokedAt ?? revocations.get(key.kid) ?? null;
      restoreKey(vault, ids, contextId, { ...key, revokedAt });
    }
    if (apiKey !== null) restoreApiKey(vault, ids, contextId, apiKey);
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

/** Puts an API key of a backup into a context. Whether its service still takes it shows at the first look. */
function restoreApiKey(
  vault: Vault,
  ids: FreeIds,
  contextId: string,
  { secret, ...facts }: BackedUpApiKey,
): void {
  const id = ids.take(facts.id);
  insertApiKey(vault.sql(), {
    ...facts,
    id,
    contextId,
    sealedKey: vault.seal(apiKeyPlace(id), secret),
    programUsedAt: null,
    programUsedBy: null,
    reminded: null,
  });
}
