import { randomBytes } from 'node:crypto';
import { isAdministrative } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import type { TokenScope } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import type { ApiToken } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { repositoriesAccess } from './repository-access.ts';
import type { ServerContext } from '../context.ts';
import type { ApiTokenTable } from '../db/directory-schema.ts';
import type { Actor, Tx } from '../db/write.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { toApiToken } from '../identity/api-token-list.ts';
import { checkedEnd, countLiving, forgetEnded } from '../identity/credential-room.ts';
import { newId } from '../identity/ids.ts';
import { hashSecret } from '../identity/secret-hash.ts';
import { getUser } from '../identity/users.ts';

/** How many API tokens that count a user may have. */
export const maxApiTokens = 500;

/** An API token that is to be made. */
interface NewApiToken {
  name: string;
  scopes: readonly TokenScope[];
  /** Ids; null for all. */
  repositories: readonly string[] | null;
  /** RFC 3339; null for one that does not end by itself. */
  expiresAt: string | null;
}

/**
 * Makes an API token of the actor.
 *
 * @returns What the contract shows of it, and the token itself, of which only a hash is kept.
 * @throws ApiError 400 for an end that cannot be, 403 for scopes that are for administrators, 404 for repositories that the
 *   actor may not read, 409 with too many tokens.
 */
export async function createApiToken(
  context: ServerContext,
  asked: NewApiToken,
  actor: Actor,
): Promise<ApiToken & { token: string }> {
  return context.write(actor, async (tx, audit) => {
    const now = context.now();
    await requireScopes(tx, actor, asked.scopes);
    await requireRoom(tx, actor, now);
    await forgetEnded(context, tx, 'api_tokens', { user_id: actor.id });
    const named = asked.repositories && [...new Set(asked.repositories)];
    if (named !== null) await requireReadable({ ...context, db: tx }, tx, actor, named);
    const { row, token } = newRow(asked, actor, now);
    await tx.insertInto('api_tokens').values(row).execute();
    if (named !== null) {
      const rows = named.map((repository_id) => ({ token_id: row.id, repository_id }));
      await tx.insertInto('api_token_repositories').values(rows).execute();
    }
    const { id, name, scopes } = row;
    const details = { name, scopes, repositories: named === null ? 'all' : named.length };
    audit({ action: 'api-token.created', outcome: 'success', target: id, details });
    return { ...toApiToken(row, named ?? [], now), token };
  });
}

function newRow(asked: NewApiToken, { id: userId }: Actor, now: Date): { row: ApiTokenTable; token: string } {
  const prefix = randomBytes(4).toString('hex');
  const token = `${prefix}_${randomBytes(32).toString('hex')}`;
  const row: ApiTokenTable = {
    id: newId('tok'),
    user_id: userId,
    name: asked.name,
    scopes: [...new Set(asked.scopes)].join(','),
    prefix,
    secret_hash: hashSecret(token),
    all_repositories: asked.repositories === null ? 1 : 0,
    created_by: userId,
    created_at: now.toISOString(),
    expires_at: checkedEnd(asked.expiresAt, null, now),
    revoked_at: null,
    last_used_at: null,
    last_used_address: null,
    last_used_program: null,
  };
  return { row, token };
}

/** Revokes an API token of the actor. @throws ApiError 404 when there is none, or it is revoked already. */
export async function revokeApiToken(context: ServerContext, id: string, actor: Actor): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    const revoked = await tx
      .updateTable('api_tokens')
      .set({ revoked_at: context.now().toISOString() })
      .where('id', '=', id)
      .where('user_id', '=', actor.id)
      .where('revoked_at', 'is', null)
      .returning('name')
      .executeTakeFirst();
    if (revoked === undefined) throw notFound(`The API token ${id}`);
    const details = { name: revoked.name };
    audit({ action: 'api-token.revoked', outcome: 'success', target: id, details });
  });
}

async function requireScopes(tx: Tx, { id }: Actor, scopes: readonly TokenScope[]): Promise<void> {
  const { role } = await getUser(tx, id);
  const scope = role === 'admin' ? undefined : scopes.find(isAdministrative);
  if (scope === undefined) return;
  throw new ApiError(
    'role_insufficient',
    `Only administrators of this server may make tokens with the scope ${scope}.`,
  );
}

async function requireRoom(tx: Tx, { id }: Actor, now: Date): Promise<void> {
  if ((await countLiving(tx, 'api_tokens', { user_id: id }, now)) < maxApiTokens) return;
  throw new ApiError(
    'conflict',
    `You have ${String(maxApiTokens)} API tokens, as many as a user may. Revoke one first.`,
  );
}

/** What the actor may not read does not exist. */
async function requireReadable(
  context: ServerContext,
  tx: Tx,
  { id, name }: Actor,
  ids: readonly string[],
): Promise<void> {
  const rows = await tx
    .selectFrom('repositories')
    .select(['id', 'full_name'])
    .where('id', 'in', ids)
    .execute();
  const asker = { principal: { kind: 'user', id, name }, limits: null } as const;
  const names = rows.map((row) => row.full_name);
  const found = await repositoriesAccess(context, asker, names);
  const readable = new Set(
    found.flatMap(({ repository, actions }) => (actions.has('read') ? (repository?.id ?? []) : [])),
  );
  const missing = ids.find((each) => !readable.has(each));
  if (missing !== undefined) throw notFound(`The repository ${missing}`);
}
