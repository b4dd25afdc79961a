import type { ServerContext } from '../context.ts';
import type { RepositoryTable } from '../db/schema.ts';
import type { Reader } from '../db/write.ts';
import { ApiError } from '../http/api-error.ts';
import { requireRoleStill } from './acting-role.ts';
import { isAdministrator } from './administrators.ts';
import { giveDefaultGrants } from './default-grants.ts';
import { noteGrantChanges, wholeOf } from './grant-changes.ts';
import { newId } from './ids.ts';
import { mainSlug, requireMainOrganization } from './main-organization.ts';
import { orgOfRepository } from './repository-name.ts';

/** A repository that exists. `fullName` is `org/name`. */
export interface RepositoryRef {
  id: string;
  fullName: string;
  public: boolean;
}

/** A row as a repository. */
export function toRepositoryRef(row: RepositoryTable): RepositoryRef {
  return { id: row.id, fullName: row.full_name, public: row.public === 1 };
}

/**
 * The full name of the repository with this id, or else of this key: one without an organization belongs to `main`. There
 * may be none of that name.
 */
export async function nameOfRepository(db: Reader, reference: string): Promise<string> {
  const row = await db
    .selectFrom('repositories')
    .select('full_name')
    .where('id', '=', reference)
    .executeTakeFirst();
  return row?.full_name ?? (reference.includes('/') ? reference : `${mainSlug}/${reference}`);
}

/** The key of a repository: its full name, without the organization where that is `main`. */
export function keyOfRepository(fullName: string): string {
  const [org, name = '', ...more] = fullName.split('/');
  // With a slash in it, it would be that of another organization.
  return org === mainSlug && more.length === 0 ? name : fullName;
}

/**
 * Makes a private repository of that name, with the grants that new ones of its organization begin with, or finds the one that another first push made at the same time.
 *
 * @param by - Who may make it: an owner of its organization, or an administrator of the server.
 * @throws ApiError 403, 404 when the organization is gone, or they own it no more.
 */
export async function createRepository(
  context: ServerContext,
  by: { id: string; name: string },
  fullName: string,
): Promise<RepositoryRef> {
  const slug = orgOfRepository(fullName);
  return context.write({ id: by.id, name: by.name }, async (tx, audit) => {
    const administers = await isAdministrator(tx, by.id);
    if (administers && slug === mainSlug) await requireMainOrganization(tx, context.now());
    const org = await tx.selectFrom('organizations').select('id').where('slug', '=', slug).executeTakeFirst();
    if (org === undefined || slug === null)
      throw new ApiError('not_found', `The organization of ${fullName} is gone.`);
    if (!administers) await requireRoleStill(tx, { id: org.id, slug, role: 'owner' }, by.id);
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
      // Who has seen who can use an earlier one of this name, has seen nothing of this one.
      await noteGrantChanges(tx, by, context.now(), [wholeOf(row.id)]);
      audit({ action: 'repository.created', outcome: 'success', target: fullName, org: slug });
      await giveDefaultGrants(tx, audit, row, { id: org.id, slug });
      return toRepositoryRef(row);
    }
    const existing = tx.selectFrom('repositories').selectAll().where('full_name', '=', fullName);
    return toRepositoryRef(await existing.executeTakeFirstOrThrow());
  });
}
