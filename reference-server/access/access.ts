import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import type { Principal } from '../auth/credentials.ts';
import type { ServerContext } from '../context.ts';
import type { RepositoryTable } from '../db/schema.ts';
import { UnchangedCache } from '../db/unchanged-cache.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { readActions, repositoryActions } from './actions.ts';
import { hasNotEnded } from './grants.ts';
import { newId } from '../identity/ids.ts';
import { orgOfRepository } from '../identity/repository-name.ts';
import { roleIn } from '../identity/users.ts';

/** A repository as the registry needs it. `fullName` is `org/name`. */
export interface RepositoryRef {
  id: string;
  fullName: string;
  public: boolean;
}

/**
 * What one principal may do to one name. `repository` is null while nothing of that name exists; `actions` then says
 * what the principal may do once it does.
 */
export interface RepositoryAccess {
  repository: RepositoryRef | null;
  actions: ReadonlySet<RepositoryAction>;
  mayCreate: boolean;
  /** When this ends by itself, RFC 3339; null when it does not. */
  until: string | null;
}

/**
 * What a principal may do to a repository: owners of its organization everything, others what grants that have not
 * ended give them, everybody (`null`: nobody is signed in) reads public ones.
 *
 * @param fullName - `org/name`; a name that is not allowed gives no access.
 */
export async function repositoryAccess(
  context: ServerContext,
  principal: Principal | null,
  fullName: string,
): Promise<RepositoryAccess> {
  const slug = orgOfRepository(fullName);
  if (slug === null) return { repository: null, actions: new Set(), mayCreate: false, until: null };
  const row = await context.db
    .selectFrom('repositories')
    .selectAll()
    .where('full_name', '=', fullName)
    .executeTakeFirst();
  const repository = row === undefined ? null : toRef(row);
  if (principal !== null && (await isOwner(context, principal, slug))) {
    return { repository, actions: new Set(repositoryActions), mayCreate: true, until: null };
  }
  const actions = new Set<RepositoryAction>(repository?.public === true ? ['read'] : []);
  const grant =
    repository !== null && principal !== null
      ? await findGrant(context, principal, repository.id)
      : undefined;
  for (const action of readActions(grant?.actions ?? '')) actions.add(action);
  return { repository, actions, mayCreate: false, until: grant?.expires_at ?? null };
}

/** Principals and repositories that are asked for again and again stay far below this number. */
const maxRemembered = 10_000;

/**
 * `repositoryAccess` for those who ask it again and again, such as the registry: the answer is remembered for as long
 * as nothing is written to the database and no grant in it ends.
 */
export function rememberedAccess(
  context: ServerContext,
): (principal: Principal | null, fullName: string) => Promise<RepositoryAccess> {
  const cache = new UnchangedCache<RepositoryAccess>(context.db, maxRemembered);
  return async (principal, fullName) => {
    const who = principal === null ? '' : `${principal.kind} ${principal.id}`;
    const ask = () => repositoryAccess(context, principal, fullName);
    const access = await cache.get(`${who} ${fullName}`, ask);
    return access.until !== null && access.until <= context.now().toISOString() ? ask() : access;
  };
}

/**
 * The repository of that name; an owner of the organization makes it by the first push.
 *
 * @throws ApiError 404 when it does not exist and the principal may not make it.
 */
export async function ensureRepository(
  context: ServerContext,
  principal: Principal,
  fullName: string,
): Promise<RepositoryRef> {
  const access = await repositoryAccess(context, principal, fullName);
  if (access.repository !== null) return access.repository;
  if (!access.mayCreate) throw notFound(`The repository ${fullName}`);
  return createRepository(context, principal, fullName);
}

async function createRepository(
  context: ServerContext,
  principal: Principal,
  fullName: string,
): Promise<RepositoryRef> {
  const slug = orgOfRepository(fullName);
  const actor = { id: principal.id, name: principal.name };
  return context.write(actor, async (tx, audit) => {
    const org = await tx.selectFrom('organizations').select('id').where('slug', '=', slug).executeTakeFirst();
    if (org === undefined || slug === null)
      throw new ApiError('not_found', `The organization of ${fullName} is gone.`);
    const row: RepositoryTable = {
      id: newId('r'),
      org_id: org.id,
      full_name: fullName,
      public: 0,
      created_at: context.now().toISOString(),
    };
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('repositories')
      .values(row)
      .onConflict((conflict) => conflict.column('full_name').doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 1n) {
      audit({ action: 'repository.created', outcome: 'success', target: fullName, org: slug });
      return toRef(row);
    }
    // Two first pushes at once: the second finds what the first made.
    const existing = tx.selectFrom('repositories').selectAll().where('full_name', '=', fullName);
    return toRef(await existing.executeTakeFirstOrThrow());
  });
}

async function isOwner(context: ServerContext, principal: Principal, slug: string): Promise<boolean> {
  const org = await context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', slug)
    .executeTakeFirst();
  return org !== undefined && (await roleIn(context.db, principal.id, org.id)) === 'owner';
}

async function findGrant(context: ServerContext, principal: Principal, repositoryId: string) {
  return context.db
    .selectFrom('grants')
    .select(['actions', 'expires_at'])
    .where('repository_id', '=', repositoryId)
    .where('principal_id', '=', principal.id)
    .where('effect', '=', 'allow')
    .where(hasNotEnded(context))
    .executeTakeFirst();
}

function toRef(row: RepositoryTable): RepositoryRef {
  return { id: row.id, fullName: row.full_name, public: row.public === 1 };
}
