import { numberedPage } from '../../../contracts/server-api/artifact-keeper/pages.ts';
import type {
  Permission,
  PermissionTerms,
  PermissionsQuery,
  PrincipalType,
} from '../../../contracts/server-api/artifact-keeper/permissions.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { readActions } from '../../db/grant-columns.ts';
import type { Actor } from '../../db/write.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import { mainSlug } from '../../identity/main-organization.ts';
import { keyOfRepository, nameOfRepository } from '../../identity/repositories.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import { orgOfRepository } from '../../identity/repository-name.ts';
import { findUserByEmail } from '../../identity/users.ts';
import { loadPrincipalFacts } from '../facts.ts';
import { findGrant, findGrants } from './grant-list.ts';
import type { GrantOnRepository } from './grant-list.ts';
import { newGrant, removeGrant, storeGrant } from './grants.ts';
import { requireRepository, requireScope } from '../require-right.ts';

const kindOf = { user: 'user', group: 'group', service_account: 'bot' } as const;
const typeOf = { user: 'user', group: 'group', bot: 'service_account' } as const;

/**
 * Gives somebody a permission on a repository that the caller administers.
 *
 * @throws ApiError 400 for a principal that there is none of, or an end in the past; 403, 404 for the repository; 409 where
 *   the principal has a permission there.
 */
export async function createPermission(
  context: ServerContext,
  caller: Caller,
  { principal, repository: reference, ...terms }: PermissionTerms,
  actor: Actor,
): Promise<Permission> {
  const repository = await administered(context, caller, reference);
  const principalId = await requirePrincipal(context, repository, principal);
  const row = newGrant(context, repository, { ...terms, principalId }, actor);
  await storeGrant(context, repository, row, actor, 'keep');
  const created = await findGrant(context, row.id);
  if (created === null) throw notFound('This permission');
  return toPermission(created);
}

/**
 * A page of the permissions on one repository, or for administrators of the server on all, by repository.
 *
 * @throws ApiError 403 for others who name no repository; 403, 404 for the repository.
 */
export async function listPermissions(context: ServerContext, caller: Caller, query: PermissionsQuery) {
  const reference = query.repository_id ?? query.target_id;
  if (reference === undefined) await requireAdministrator(context, caller);
  const repository = reference === undefined ? null : await administered(context, caller, reference);
  const filter = {
    repositoryId: repository?.id,
    principalIds: [query.user_id ?? [], query.group_id ?? [], query.principal_id ?? []].flat(),
    kind: query.principal_type && kindOf[query.principal_type],
  };
  const { rows, count } = await findGrants(context, filter, query);
  return numberedPage(rows.map(toPermission), count, query);
}

/** A permission. @throws ApiError 404 where the caller may not know of it, 403 */
export async function getPermission(context: ServerContext, caller: Caller, id: string): Promise<Permission> {
  return toPermission((await administeredGrant(context, caller, id)).row);
}

/**
 * Has a permission say something else, as if it were given now. Whom it is given to and on what stays.
 *
 * @throws ApiError 400 for another principal or repository, or an end in the past; 403, 404 as `getPermission`.
 */
export async function replacePermission(
  context: ServerContext,
  caller: Caller,
  id: string,
  { principal, repository: reference, ...terms }: PermissionTerms,
  actor: Actor,
): Promise<Permission> {
  const { row, repository } = await administeredGrant(context, caller, id);
  const isSame = kindOf[principal.type] === row.kind && principal.id === row.principal_id;
  if (!isSame || (await nameOfRepository(context.db, reference)) !== row.full_name) {
    const words =
      'A permission stays with whom it was given to, on its repository. Delete it and give another.';
    throw new ApiError('invalid_request', words);
  }
  const given = newGrant(context, repository, { ...terms, principalId: row.principal_id }, actor);
  await storeGrant(context, repository, { ...given, id }, actor, 'require');
  return toPermission({ ...row, ...given, id });
}

/** Takes a permission back. @throws ApiError 404, 403 as `getPermission` */
export async function deletePermission(
  context: ServerContext,
  caller: Caller,
  id: string,
  actor: Actor,
): Promise<void> {
  const { repository } = await administeredGrant(context, caller, id);
  await removeGrant(context, repository, id, actor);
}

async function administeredGrant(
  context: ServerContext,
  caller: Caller,
  id: string,
): Promise<{ row: GrantOnRepository; repository: RepositoryRef }> {
  const row = await findGrant(context, id);
  if (row === null) throw notFound(`The permission ${id}`);
  const called = `of the permission ${id}`;
  return { row, repository: await requireRepository(context, caller, row.full_name, 'admin', called) };
}

async function administered(
  context: ServerContext,
  caller: Caller,
  reference: string,
): Promise<RepositoryRef> {
  const name = await nameOfRepository(context.db, reference);
  return requireRepository(context, caller, name, 'admin', reference);
}

async function requireAdministrator(context: ServerContext, caller: Caller): Promise<void> {
  requireScope(caller, 'admin');
  const { active, administrator } = await loadPrincipalFacts(context, caller.principal);
  if (active && administrator) return;
  throw new ApiError(
    'role_insufficient',
    'Only administrators of this server may list all permissions. Name a repository that you administer.',
  );
}

/**
 * Groups and bots of other organizations are not known in one; groups of `main` are, everywhere. Users are also found by
 * e-mail address, as for an authorization: not everybody who gives permissions may list them.
 *
 * @returns The principal's id.
 */
async function requirePrincipal(
  { db }: ServerContext,
  { fullName }: RepositoryRef,
  { type, id }: PermissionTerms['principal'],
): Promise<string> {
  const orgs = db
    .selectFrom('organizations')
    .select('id')
    .where('slug', 'in', [orgOfRepository(fullName) ?? '', mainSlug]);
  const queries = {
    user: async () =>
      id.includes('@')
        ? await findUserByEmail(db, id)
        : await db.selectFrom('users').select('id').where('id', '=', id).executeTakeFirst(),
    group: () =>
      db
        .selectFrom('groups')
        .select('id')
        .where('id', '=', id)
        .where('org_id', 'in', orgs)
        .executeTakeFirst(),
    service_account: () =>
      db
        .selectFrom('bots')
        .select('id')
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .where('org_id', 'in', orgs.where('slug', '=', orgOfRepository(fullName) ?? ''))
        .executeTakeFirst(),
  };
  const found = await queries[type]();
  if (found) return found.id;
  const words: Record<PrincipalType, string> = { user: 'user', group: 'group', service_account: 'bot' };
  const message = `There is no ${words[type]} ${id} that ${fullName} can be given to`;
  const details = { issues: [{ path: 'principal_id', message }] };
  throw new ApiError('invalid_request', `${message}.`, { details });
}

function toPermission(row: GrantOnRepository): Permission {
  const { kind, principal_id: principal, repository_id: repository, created_at: createdAt } = row;
  const actions = readActions(row.actions);
  const bot = `${orgOfRepository(row.full_name) ?? ''}/${row.bot_name ?? ''}`;
  return {
    ...{ id: row.id, repository_id: repository, permissions: actions },
    ...(kind === 'user' ? { user_id: principal } : {}),
    ...(kind === 'group' ? { group_id: principal } : {}),
    ...{ principal_type: typeOf[kind], principal_id: principal },
    principal_name: row.username ?? row.group_name ?? bot,
    ...(row.email === null ? {} : { principal_email: row.email }),
    ...{ target_type: 'repository', target_id: repository, target_name: keyOfRepository(row.full_name) },
    // Permissions are replaced, not changed.
    ...{ actions, created_at: createdAt, updated_at: createdAt, expires_at: row.expires_at },
  };
}
