import { randomBytes } from 'node:crypto';
import type { ApiKeyScope } from '../../contracts/server-api/kisenon/api-keys.ts';
import type { ServerContext } from '../context.ts';
import { stillCounts } from '../db/secret-columns.ts';
import type { ApiKeyTable } from '../db/organization-schema.ts';
import type { Actor, Audit, Reader, Tx } from '../db/write.ts';
import { publish } from '../events/event-log.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { requireRoleStill } from './acting-role.ts';
import type { ActingOrganization } from './acting-role.ts';
import { checkedEnd, countLiving, forgetEnded } from './credential-room.ts';
import { newId } from './ids.ts';
import { hashSecret } from './secret-hash.ts';

/** How many API keys that count a member may have in an organization. */
export const maxApiKeys = 500;

/** An API key that is to be made. */
export interface NewApiKey {
  /** Where a request that comes again must not make another one. */
  id?: string;
  name: string;
  scope: ApiKeyScope;
  capability: ApiKeyTable['capability'];
  /** RFC 3339; null for one that does not end by itself. */
  expiresAt: string | null;
}

type Org = Pick<ActingOrganization, 'id' | 'slug'>;

/**
 * Makes an API key of the actor.
 *
 * @param via - Id of the API key that the actor uses; null for another credential. The new one ends with it.
 * @returns The key's id, and the key itself: 256 random bits, of which only a hash is kept.
 * @throws ApiError 400 for an end that cannot be, 404 for what is not in the organization, 409 with too many keys, or when
 *   the one of this id was made already.
 */
export async function createApiKey(
  context: ServerContext,
  org: ActingOrganization,
  key: NewApiKey,
  via: string | null,
  actor: Actor,
): Promise<{ id: string; secret: string }> {
  return context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const latest = via === null ? null : await endOfMaker(tx, via);
    const expiresAt = checkedEnd(key.expiresAt ?? latest, latest, context.now());
    return insertApiKey(context, tx, audit, org, { ...key, expiresAt, userId: actor.id, via });
  });
}

/** Makes an API key in a transaction. @throws ApiError as `createApiKey`. */
export async function insertApiKey(
  context: ServerContext,
  tx: Tx,
  audit: Audit,
  org: Org,
  key: NewApiKey & { userId: string; via: string | null },
): Promise<{ id: string; secret: string }> {
  const now = context.now().toISOString();
  await requireRoom(tx, org, key.userId, context.now());
  await forgetEnded(context, tx, 'api_keys', { org_id: org.id, user_id: key.userId });
  const ids = key.scope.kind === 'org' ? [] : [...new Set(key.scope.ids)];
  await requireTargets(tx, org, key.scope.kind, ids);
  const { id = newId('key') } = key;
  const secret = `nsk_${randomBytes(32).toString('base64url')}`;
  const row: ApiKeyTable = {
    id,
    org_id: org.id,
    user_id: key.userId,
    name: key.name,
    secret_hash: hashSecret(secret),
    prefix: secret.slice(0, 8),
    scope_kind: key.scope.kind,
    capability: key.capability,
    created_via: key.via,
    created_at: now,
    expires_at: key.expiresAt,
    revoked_at: null,
    last_used_at: null,
    last_used_address: null,
    last_used_program: null,
  };
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('api_keys')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) throw madeAlready();
  if (ids.length > 0) {
    const targets = ids.map((target_id) => ({ key_id: id, target_id }));
    await tx.insertInto('api_key_scopes').values(targets).execute();
  }
  const { scope_kind: scope, capability } = row;
  await tell(context, tx, audit, org, row, 'created', { scope, capability });
  return { id, secret };
}

/** Gives an API key another name. @throws ApiError 404 as `revokeApiKey`. */
export async function renameApiKey(
  context: ServerContext,
  org: ActingOrganization,
  key: { id: string; others: boolean },
  name: string,
  actor: Actor,
): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const row = await requireKey(tx, org, key, actor);
    if (row.name === name) return;
    await tx.updateTable('api_keys').set({ name }).where('id', '=', row.id).execute();
    await tell(context, tx, audit, org, { ...row, name }, 'renamed', { from: row.name });
  });
}

/**
 * Revokes an API key, and those that were made with it.
 *
 * @param key - `others`: whether it may be somebody else's.
 * @throws ApiError 404 when there is none, or it is revoked already.
 */
export async function revokeApiKey(
  context: ServerContext,
  org: ActingOrganization,
  key: { id: string; others: boolean },
  actor: Actor,
): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const { id } = await requireKey(tx, org, key, actor);
    await endApiKey(context, tx, audit, id);
  });
}

/** Revokes an API key and those that were made with it, in a transaction; nothing happens when it is revoked already. */
export async function endApiKey(context: ServerContext, tx: Tx, audit: Audit, id: string): Promise<void> {
  let ids = [id];
  while (ids.length > 0) {
    const rows = await tx
      .selectFrom('api_keys')
      .innerJoin('organizations', 'organizations.id', 'api_keys.org_id')
      .selectAll('api_keys')
      .select('organizations.slug')
      .where('api_keys.id', 'in', ids)
      .where('revoked_at', 'is', null)
      .execute();
    const revoked_at = context.now().toISOString();
    for (const { slug, ...row } of rows) {
      await tx.updateTable('api_keys').set({ revoked_at }).where('id', '=', row.id).execute();
      const org = { id: row.org_id, slug };
      await tell(context, tx, audit, org, row, 'revoked', row.id === id ? {} : { with: id });
    }
    // Of those that are revoked or over, all that they made is too. There can be more of these than a query can name.
    const made = await tx
      .selectFrom('api_keys')
      .select('id')
      .where('created_via', 'in', ids)
      .where(stillCounts(context.now()))
      .execute();
    ids = made.map((row) => row.id);
  }
}

async function requireKey(
  tx: Reader,
  org: Org,
  { id, others }: { id: string; others: boolean },
  actor: Actor,
): Promise<ApiKeyTable> {
  const row = await tx
    .selectFrom('api_keys')
    .selectAll()
    .where('id', '=', id)
    .where('org_id', '=', org.id)
    .where('revoked_at', 'is', null)
    .$if(!others, (query) => query.where('user_id', '=', actor.id))
    .executeTakeFirst();
  if (row === undefined) throw notFound(`The API key ${id}`);
  return row;
}

function madeAlready(): ApiError {
  const message =
    'The key is there already, and is shown only once. Lost it? Revoke it, and make another one.';
  return new ApiError('conflict', message);
}

/** When a key that makes others ends. @throws ApiError 401 when it was revoked since its guard looked. */
async function endOfMaker(tx: Reader, id: string): Promise<string | null> {
  const row = await tx
    .selectFrom('api_keys')
    .select('expires_at')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (row !== undefined) return row.expires_at;
  throw new ApiError('key_revoked', 'This API key was revoked. Make a new one.');
}

async function requireRoom(tx: Reader, org: Org, userId: string, now: Date): Promise<void> {
  const count = await countLiving(tx, 'api_keys', { org_id: org.id, user_id: userId }, now);
  if (count < maxApiKeys) return;
  throw new ApiError(
    'conflict',
    `You have ${String(maxApiKeys)} API keys in ${org.slug}, as many as a member may. Revoke one first.`,
  );
}

/** What is of another organization does not exist. */
async function requireTargets(
  tx: Reader,
  org: Org,
  kind: ApiKeyScope['kind'],
  ids: readonly string[],
): Promise<void> {
  if (kind === 'org') return;
  const rows =
    kind === 'project'
      ? await tx
          .selectFrom('projects')
          .select('id')
          .where('org_id', '=', org.id)
          .where('id', 'in', ids)
          .execute()
      : await tx
          .selectFrom('branches')
          .innerJoin('projects', 'projects.id', 'branches.project_id')
          .select('branches.id')
          .where('projects.org_id', '=', org.id)
          .where('branches.id', 'in', ids)
          .execute();
  const there = new Set(rows.map((row) => row.id));
  const missing = ids.find((id) => !there.has(id));
  if (missing !== undefined) throw notFound(`The ${kind} ${missing}`);
}

async function tell(
  context: ServerContext,
  tx: Tx,
  audit: Audit,
  org: Org,
  { id, name, user_id }: ApiKeyTable,
  action: 'created' | 'renamed' | 'revoked',
  details: Record<string, string>,
): Promise<void> {
  audit({
    action: `api-key.${action}`,
    outcome: 'success',
    target: id,
    org: org.slug,
    details: { name, ...details },
  });
  const data = { action, id, user_id };
  await publish(context, tx, { org_id: org.id, type: 'api-key.changed.v1', data });
}
