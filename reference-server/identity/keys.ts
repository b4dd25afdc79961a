import type { Kysely } from 'kysely';
import type { PublicKey } from '../../contracts/server-api/keys.ts';
import { fingerprint } from '../auth/ed25519-key.ts';
import type { ServerContext } from '../context.ts';
import type { Database, PublicKeyTable, UserTable } from '../db/schema.ts';
import { notFound } from '../errors.ts';

/** How exact `last_used_at` is, in milliseconds: not every request writes to the database. */
const lastUsedStep = 60_000;

/** A key (revoked ones too) and the user it belongs to, or null. */
export async function findKeyWithOwner(
  db: Kysely<Database>,
  kid: string,
): Promise<{ key: PublicKeyTable; user: UserTable } | null> {
  const key = await db.selectFrom('public_keys').selectAll().where('kid', '=', kid).executeTakeFirst();
  if (key === undefined) return null;
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', key.user_id)
    .executeTakeFirstOrThrow();
  return { key, user };
}

/** The keys of a user that are not revoked, the newest first. */
export async function listKeys(db: Kysely<Database>, userId: string): Promise<PublicKey[]> {
  const rows = await db
    .selectFrom('public_keys')
    .selectAll()
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('kid')
    .execute();
  return rows.map(toPublicKey);
}

/** A key as the contract shows it. */
export function toPublicKey(row: PublicKeyTable): PublicKey {
  return {
    kid: row.kid,
    fingerprint: fingerprint(row.x),
    name: row.name,
    created_at: row.created_at,
    last_used_at: row.last_used_at,
  };
}

/** Notes that the key was used now. */
export async function touchKey(context: ServerContext, key: PublicKeyTable): Promise<void> {
  const now = context.now();
  if (key.last_used_at !== null && now.getTime() - Date.parse(key.last_used_at) < lastUsedStep) return;
  await context.db
    .updateTable('public_keys')
    .set({ last_used_at: now.toISOString() })
    .where('kid', '=', key.kid)
    .execute();
}

/**
 * Revokes a key of a user; from now on nothing it signs is believed.
 *
 * @throws ApiError 404 when the user has no such key (or it is revoked already).
 */
export async function revokeKey(
  context: ServerContext,
  user: { id: string; name: string },
  kid: string,
  ip: string,
): Promise<void> {
  await context.db.transaction().execute(async (transaction) => {
    const changed = await transaction
      .updateTable('public_keys')
      .set({ revoked_at: context.now().toISOString() })
      .where('kid', '=', kid)
      .where('user_id', '=', user.id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) throw notFound('This key');
    await context.audit.append(
      { action: 'key.revoked', outcome: 'success', actor: user, target: kid, ip },
      transaction,
    );
  });
}
