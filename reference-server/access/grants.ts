import type { ExpressionBuilder } from 'kysely';
import type { CreateGrantRequest, Grant, GrantList } from '../../contracts/server-api/authorizations.ts';
import type { PageQuery } from '../../contracts/server-api/pages.ts';
import type { ServerContext } from '../context.ts';
import { cutPage } from '../http/cut-page.ts';
import type { BotTable, Database, GrantTable } from '../db/schema.ts';
import { ApiError, notFound } from '../http/errors.ts';
import type { RepositoryRef } from './access.ts';
import { newId } from '../identity/ids.ts';
import { orgOfRepository } from '../identity/repository-name.ts';
import { findUserByEmail } from '../identity/users.ts';

/** Who changes grants, and from where. */
export interface GrantActor {
  id: string;
  name: string;
  ip: string;
}

/** For a query of grants: only those that have not ended. */
export function hasNotEnded(context: ServerContext) {
  return (where: ExpressionBuilder<Database, 'grants'>) =>
    where.or([
      where('grants.expires_at', 'is', null),
      where('grants.expires_at', '>', context.now().toISOString()),
    ]);
}

/**
 * A page of the grants on a repository that have not ended: people by user name, then bots by name.
 *
 * @param page - Behind `after`, which is a kind of principal and a name: `user:maya`.
 */
export async function listGrants(
  context: ServerContext,
  repository: RepositoryRef,
  { limit, after }: PageQuery,
): Promise<GrantList> {
  const [afterKind, afterName = ''] = after.split(':');
  const rows = await context.db
    .selectFrom('grants')
    .leftJoin('users', (join) =>
      join.onRef('users.id', '=', 'grants.principal_id').on('grants.principal_kind', '=', 'user'),
    )
    .leftJoin('bots', (join) =>
      join.onRef('bots.id', '=', 'grants.principal_id').on('grants.principal_kind', '=', 'bot'),
    )
    .selectAll('grants')
    .select(['users.username', 'users.email', 'bots.name as bot_name'])
    .where('grants.repository_id', '=', repository.id)
    .where(hasNotEnded(context))
    .where((where) =>
      afterKind === 'bot'
        ? where('bots.name', '>', afterName)
        : where.or([where('users.username', '>', afterName), where('grants.principal_kind', '=', 'bot')]),
    )
    .orderBy('grants.principal_kind', 'desc')
    .orderBy('users.username')
    .orderBy('bots.name')
    .limit(limit + 1)
    .execute();
  const { page, end } = cutPage(rows, limit);
  return {
    authorizations: page.map((row) => toGrant(repository, row)),
    next: end && `${end.principal_kind}:${end.username ?? end.bot_name ?? ''}`,
  };
}

/**
 * Gives a user or a bot a permission on a repository, instead of the one it had there.
 *
 * @returns The grant, and whether there was none before.
 * @throws ApiError 404 when there is nobody of that e-mail address, or no such bot in the repository's organization;
 *   400 when the end lies in the past.
 */
export async function setGrant(
  context: ServerContext,
  repository: RepositoryRef,
  request: CreateGrantRequest,
  actor: GrantActor,
): Promise<{ grant: Grant; created: boolean }> {
  const principal = await findPrincipal(context, repository, request);
  const now = context.now();
  const expiresAt = request.expires_at === undefined ? null : new Date(request.expires_at);
  if (expiresAt !== null && expiresAt <= now) {
    const message = 'Must lie in the future';
    throw new ApiError('invalid_request', `expires_at: ${message}.`, {
      details: { issues: [{ path: 'expires_at', message }] },
    });
  }
  const row: GrantTable = {
    id: newId('g'),
    repository_id: repository.id,
    principal_kind: principal.kind,
    principal_id: principal.id,
    permission: request.permission,
    created_by: actor.id,
    created_at: now.toISOString(),
    expires_at: expiresAt?.toISOString() ?? null,
  };
  const created = await replaceGrant(context, repository, row, actor);
  return { grant: toGrant(repository, { ...row, ...principal.columns }), created };
}

/** The columns that `listGrants` joins: of a user, or of a bot. */
interface PrincipalColumns {
  username: string | null;
  email: string | null;
  bot_name: string | null;
}

async function findPrincipal(
  context: ServerContext,
  repository: RepositoryRef,
  { email, bot: reference }: CreateGrantRequest,
): Promise<{ kind: GrantTable['principal_kind']; id: string; columns: PrincipalColumns }> {
  if (reference !== undefined) {
    const bot = await findBotOf(context, repository, reference);
    if (bot === null) throw notFound(`The bot ${reference}`);
    return { kind: 'bot', id: bot.id, columns: { username: null, email: null, bot_name: bot.name } };
  }
  const user = await findUserByEmail(context.db, email ?? '');
  if (user === null) throw notFound(`A user with the e-mail address ${email ?? ''}`);
  const { username, email: address } = user;
  return { kind: 'user', id: user.id, columns: { username, email: address, bot_name: null } };
}

/** A bot of the repository's organization; those of others are not known here. */
async function findBotOf(
  { db }: ServerContext,
  repository: RepositoryRef,
  reference: string,
): Promise<BotTable | null> {
  const slug = orgOfRepository(repository.fullName);
  const [name, org] = reference.split('/').reverse();
  if (name === undefined || (org !== undefined && org !== slug)) return null;
  const row = await db
    .selectFrom('bots')
    .innerJoin('organizations', 'organizations.id', 'bots.org_id')
    .selectAll('bots')
    .where('organizations.slug', '=', slug)
    .where('bots.name', '=', name)
    .where('bots.deleted_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Takes a grant back.
 *
 * @throws ApiError 404 when the repository has no such grant.
 */
export async function removeGrant(
  context: ServerContext,
  repository: RepositoryRef,
  grantId: string,
  actor: GrantActor,
): Promise<void> {
  await context.db.transaction().execute(async (transaction) => {
    const removed = await transaction
      .deleteFrom('grants')
      .where('id', '=', grantId)
      .where('repository_id', '=', repository.id)
      .returning(['principal_id', 'permission'])
      .executeTakeFirst();
    if (removed === undefined) throw notFound('This authorization');
    const details = { grant: grantId, principal: removed.principal_id, permission: removed.permission };
    await context.audit.append(grantEvent('grant.removed', repository, actor, details), transaction);
  });
}

async function replaceGrant(
  context: ServerContext,
  repository: RepositoryRef,
  row: GrantTable,
  actor: GrantActor,
): Promise<boolean> {
  return context.db.transaction().execute(async (transaction) => {
    const before = await transaction
      .deleteFrom('grants')
      .where('repository_id', '=', row.repository_id)
      .where('principal_kind', '=', row.principal_kind)
      .where('principal_id', '=', row.principal_id)
      .executeTakeFirst();
    await transaction.insertInto('grants').values(row).execute();
    const details = {
      grant: row.id,
      principal: row.principal_id,
      permission: row.permission,
      ...(row.expires_at === null ? {} : { expires_at: row.expires_at }),
    };
    await context.audit.append(grantEvent('grant.set', repository, actor, details), transaction);
    return before.numDeletedRows === 0n;
  });
}

function grantEvent(
  action: string,
  repository: RepositoryRef,
  { id, name, ip }: GrantActor,
  details: Record<string, string>,
) {
  const org = orgOfRepository(repository.fullName);
  return {
    action,
    outcome: 'success' as const,
    actor: { id, name },
    target: repository.fullName,
    ...(org === null ? {} : { org }),
    ip,
    details,
  };
}

function toGrant(repository: RepositoryRef, row: GrantTable & PrincipalColumns): Grant {
  const { username, email, bot_name: bot } = row;
  const org = orgOfRepository(repository.fullName) ?? '';
  return {
    id: row.id,
    repository: repository.fullName,
    ...(username === null || email === null ? {} : { user: { id: row.principal_id, username, email } }),
    ...(bot === null ? {} : { bot: { id: row.principal_id, name: bot, subject: `bot:${org}/${bot}` } }),
    permission: row.permission,
    created_at: row.created_at,
    expires_at: row.expires_at,
  };
}
