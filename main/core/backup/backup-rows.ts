import type { SigningAlg } from '../../../contracts/server-api/index.ts';
import type { Sql } from '../ports.ts';
import type { SealPlace, Vault } from '../vault/vault.ts';
import { thumbprint } from '../keys/fingerprint.ts';
import type { BackedUpContext, BackedUpKey } from './backup-content.ts';

interface ContextRow {
  id: string;
  name: string;
  colour: string | null;
  label: string | null;
  origin: string;
  host: string;
  service_name: string;
  user_id: string;
  state: 'pending' | 'active';
  signed_out: number;
  is_current: number;
  has_registry: number;
  dashboard_url: string | null;
  signing_alg: SigningAlg;
  max_token_ttl: number;
  set_up_podman: number;
  created_at: string;
}

interface KeyRow {
  id: string;
  context_id: string;
  label: string;
  public_key: Buffer;
  sealed_seed: Buffer;
  source: 'made' | 'imported';
  created_at: string;
  registered_at: string | null;
  last_used_at: string | null;
  expires_at: string | null;
  revoked_at: string | null;
}

/** A key as the backup keeps it, its seed still sealed. */
interface SealedKey extends Omit<BackedUpKey, 'seed'> {
  sealedSeed: Buffer;
}

export interface VaultContext extends Omit<BackedUpContext, 'keys'> {
  keys: SealedKey[];
}

function toContext(row: ContextRow): Omit<VaultContext, 'keys'> {
  return {
    id: row.id,
    name: row.name,
    colour: row.colour,
    label: row.label,
    origin: row.origin,
    host: row.host,
    serviceName: row.service_name,
    userId: row.user_id,
    state: row.state,
    signedOut: row.signed_out === 1,
    current: row.is_current === 1,
    hasRegistry: row.has_registry === 1,
    dashboardUrl: row.dashboard_url,
    signingAlg: row.signing_alg,
    maxTokenTtl: row.max_token_ttl,
    setUpPodman: row.set_up_podman === 1,
    createdAt: row.created_at,
  };
}

function toKey(row: KeyRow): SealedKey {
  return {
    id: row.id,
    label: row.label,
    // Not the row's own: it is not sealed, and what is restored is told apart by it.
    kid: thumbprint(row.public_key.toString('base64url')),
    publicKey: row.public_key,
    sealedSeed: row.sealed_seed,
    source: row.source,
    createdAt: row.created_at,
    registeredAt: row.registered_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

/** All contexts with their keys, oldest first. */
export function readVaultContexts(sql: Sql): VaultContext[] {
  const keys = new Map<string, SealedKey[]>();
  for (const row of sql.all<KeyRow>('SELECT * FROM keys ORDER BY created_at, rowid')) {
    const known = keys.get(row.context_id);
    if (known === undefined) keys.set(row.context_id, [toKey(row)]);
    else known.push(toKey(row));
  }
  return sql
    .all<ContextRow>('SELECT * FROM contexts ORDER BY created_at, rowid')
    .map((row) => ({ ...toContext(row), keys: keys.get(row.id) ?? [] }));
}

function seedPlace(keyId: string): SealPlace {
  return { table: 'keys', row: keyId, column: 'sealed_seed' };
}

/** A key's seed; null when its private part is gone. The caller zeroes it. */
export function openSeed(vault: Vault, { id, sealedSeed }: SealedKey): Buffer | null {
  return sealedSeed.length === 0 ? null : vault.open(seedPlace(id), sealedSeed);
}

export function insertContextRow(sql: Sql, context: Omit<BackedUpContext, 'keys'>): void {
  sql.run(
    `INSERT INTO contexts (id, name, colour, label, origin, host, service_name, user_id, state, signed_out,
       is_current, has_registry, dashboard_url, signing_alg, max_token_ttl, set_up_podman, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)`,
    context.id,
    ...changeable(context),
    context.createdAt,
  );
}

/** Makes a context that is there what the backup says. Its id stays, and what hangs on it. */
export function updateContextRow(sql: Sql, id: string, context: Omit<BackedUpContext, 'keys'>): void {
  sql.run(
    `UPDATE contexts SET name = ?, colour = ?, label = ?, origin = ?, host = ?, service_name = ?, user_id = ?,
       state = ?, signed_out = ?, has_registry = ?, dashboard_url = ?, signing_alg = ?, max_token_ttl = ?,
       set_up_podman = ?
     WHERE id = ?`,
    ...changeable(context),
    id,
  );
}

function changeable(context: Omit<BackedUpContext, 'keys'>): (string | number | null)[] {
  return [
    context.name,
    context.colour,
    context.label,
    context.origin,
    context.host,
    context.serviceName,
    context.userId,
    context.state,
    Number(context.signedOut),
    Number(context.hasRegistry),
    context.dashboardUrl,
    context.signingAlg,
    context.maxTokenTtl,
    Number(context.setUpPodman),
  ];
}

/**
 * Puts a key into a context. A revoked one comes without its private part, as the vault keeps it.
 * @param id its id in this vault
 */
export function insertKeyRow(vault: Vault, contextId: string, id: string, key: BackedUpKey): void {
  const seed = key.revokedAt === null ? key.seed : null;
  vault.sql().run(
    `INSERT INTO keys (id, context_id, label, kid, public_key, sealed_seed, source, created_at, registered_at,
       last_used_at, expires_at, revoked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    contextId,
    key.label,
    key.kid,
    key.publicKey,
    seed === null ? Buffer.alloc(0) : vault.seal(seedPlace(id), seed),
    key.source,
    key.createdAt,
    key.registeredAt,
    key.lastUsedAt,
    key.expiresAt,
    key.revokedAt,
  );
}

/** Notes that a key was revoked and overwrites its private part (`secure_delete`). */
export function writeRevokedAt(sql: Sql, kid: string, revokedAt: string): void {
  sql.run(`UPDATE keys SET revoked_at = ?, sealed_seed = x'' WHERE kid = ?`, revokedAt, kid);
}
