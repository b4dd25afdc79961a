import type { PublicKey } from '../../contracts/server-api/keys.ts';
import { fingerprint } from './ed25519-key.ts';
import type { ServerContext } from '../context.ts';
import type { BotTable, PublicKeyTable, UserTable } from '../db/schema.ts';
import type { Actor, Reader } from '../db/write.ts';
import { notFound } from '../http/api-error.ts';
import { requireRoleStill } from './acting-role.ts';
import type { ActingOrganization } from './acting-role.ts';
import type { Principal } from './principals.ts';

/** Who a key belongs to. */
export interface KeyOwner extends Principal {
  /** What stands as `iss` and `sub` in tokens: the user id, or `bot:org/name`. */
  subject: string;
  /** False for a closed account, and for a deleted bot. */
  active: boolean;
  /** False for a user whom no operator has approved yet: who it is counts, and gives nothing. */
  approved: boolean;
  mustChangePassword: boolean;
}

/** A user as the owner of keys. */
export function ownerOfUser({ id, username, status, must_change_password: must }: UserTable): KeyOwner {
  const standing = {
    ...{ active: status !== 'disabled', approved: status !== 'pending' },
    mustChangePassword: must === 1,
  };
  return { kind: 'user', id, name: username, subject: id, ...standing };
}

/** A bot as the owner of keys. */
export function ownerOfBot({ id, name, org, deleted_at }: BotTable & { org: string }): KeyOwner {
  const fullName = `${org}/${name}`;
  const standing = { active: deleted_at === null, approved: true, mustChangePassword: false };
  return { kind: 'bot', id, name: fullName, subject: `bot:${fullName}`, ...standing };
}

/** A principal whom a guard let in, as the owner of keys: active and approved, else it would not be in. */
export function ownerOf(principal: Principal): KeyOwner {
  const { kind, id, name } = principal;
  const standing = { active: true, approved: true, mustChangePassword: false };
  return { kind, id, name, subject: kind === 'bot' ? `bot:${name}` : id, ...standing };
}

/** For an audit event: the organization of a bot, whose owners may read the event; nothing for a user. */
export function orgOf({ kind, name }: Pick<KeyOwner, 'kind' | 'name'>): { org?: string } {
  const [org = ''] = name.split('/');
  return kind === 'bot' ? { org } : {};
}

/** A key (revoked ones too) and who it belongs to, or null. */
export async function findKeyWithOwner(
  db: Reader,
  kid: string,
): Promise<{ key: PublicKeyTable; owner: KeyOwner } | null> {
  const key = await db.selectFrom('public_keys').selectAll().where('kid', '=', kid).executeTakeFirst();
  if (key === undefined) return null;
  const owner = await findOwner(db, key.principal_id);
  return owner === null ? null : { key, owner };
}

async function findOwner(db: Reader, id: string): Promise<KeyOwner | null> {
  const user = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  if (user !== undefined) return ownerOfUser(user);
  const bot = await db
    .selectFrom('bots')
    .innerJoin('organizations', 'organizations.id', 'bots.org_id')
    .selectAll('bots')
    .select('organizations.slug as org')
    .where('bots.id', '=', id)
    .executeTakeFirst();
  return bot === undefined ? null : ownerOfBot(bot);
}

/** The keys of a user or bot that are not revoked, the newest first. */
export async function listKeys(db: Reader, { id }: Pick<KeyOwner, 'id'>): Promise<PublicKey[]> {
  return (await listKeysOf(db, [id])).get(id) ?? [];
}

/** The same for some users and bots, by their ids; who has none is not in it. */
export async function listKeysOf(db: Reader, ids: readonly string[]): Promise<Map<string, PublicKey[]>> {
  const rows = await db
    .selectFrom('public_keys')
    .selectAll()
    .where('principal_id', 'in', ids)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('kid')
    .execute();
  const found = Map.groupBy(rows, (row) => row.principal_id);
  return new Map([...found].map(([id, keys]) => [id, keys.map(toPublicKey)]));
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

/**
 * Revokes a key; from now on nothing it signs is believed.
 *
 * @param owner - Whose key it is.
 * @param org - Where the actor acts for a bot.
 * @throws ApiError 403 as `requireRoleStill`, 404 when the owner has no such key (or it is revoked already).
 */
export async function revokeKey(
  context: ServerContext,
  owner: Principal,
  kid: string,
  actor: Actor,
  org: ActingOrganization | null = null,
): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    if (org !== null) await requireRoleStill(tx, org, actor.id);
    const changed = await tx
      .updateTable('public_keys')
      .set({ revoked_at: context.now().toISOString() })
      .where('kid', '=', kid)
      .where('principal_id', '=', owner.id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) throw notFound('This key');
    audit({ action: 'key.revoked', outcome: 'success', target: kid, ...orgOf(owner) });
  });
}
