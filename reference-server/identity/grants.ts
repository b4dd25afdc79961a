import type { Kysely } from 'kysely';
import type { CreateGrantRequest, Grant } from '../../contracts/server-api/authorizations.ts';
import type { ServerContext } from '../context.ts';
import type { Database, GrantTable } from '../db/schema.ts';
import { ApiError, notFound } from '../errors.ts';
import type { RepositoryRef } from './access.ts';
import { newId } from './ids.ts';
import { orgOfRepository } from './repository-name.ts';
import { findUserByEmail } from './users.ts';

/** Who changes grants, and from where. */
export interface GrantActor {
  id: string;
  name: string;
  ip: string;
}

/** The grants on a repository that have not ended, by user name. */
export async function listGrants(context: ServerContext, repository: RepositoryRef): Promise<Grant[]> {
  const rows = await grantQuery(context.db)
    .where('grants.repository_id', '=', repository.id)
    .where((where) =>
      where.or([
        where('grants.expires_at', 'is', null),
        where('grants.expires_at', '>', context.now().toISOString()),
      ]),
    )
    .orderBy('users.username')
    .execute();
  return rows.map(toGrant);
}

/**
 * Gives a user a permission on a repository, instead of the one the user had there.
 *
 * @returns The grant, and whether the user had none before.
 * @throws ApiError 404 when nobody has the e-mail address, 400 when the end lies in the past.
 */
export async function setGrant(
  context: ServerContext,
  repository: RepositoryRef,
  request: CreateGrantRequest,
  actor: GrantActor,
): Promise<{ grant: Grant; created: boolean }> {
  const user = await findUserByEmail(context.db, request.email);
  if (user === null) throw notFound(`A user with the e-mail address ${request.email}`);
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
    principal_kind: 'user',
    principal_id: user.id,
    permission: request.permission,
    created_by: actor.id,
    created_at: now.toISOString(),
    expires_at: expiresAt?.toISOString() ?? null,
  };
  const created = await replaceGrant(context, repository, row, actor);
  return { grant: toGrant({ ...row, ...userColumns(user), full_name: repository.fullName }), created };
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

function grantQuery(db: Kysely<Database>) {
  return db
    .selectFrom('grants')
    .innerJoin('users', 'users.id', 'grants.principal_id')
    .innerJoin('repositories', 'repositories.id', 'grants.repository_id')
    .selectAll('grants')
    .select(['users.username', 'users.email', 'repositories.full_name']);
}

function userColumns(user: { username: string; email: string }) {
  return { username: user.username, email: user.email };
}

function toGrant(row: GrantTable & { username: string; email: string; full_name: string }): Grant {
  return {
    id: row.id,
    repository: row.full_name,
    user: { id: row.principal_id, username: row.username, email: row.email },
    permission: row.permission,
    created_at: row.created_at,
    expires_at: row.expires_at,
  };
}
