import type { ServerContext } from '../context.ts';
import type { RepositoryTable } from '../db/schema.ts';
import { ApiError } from '../http/api-error.ts';
import { requireRoleStill } from './acting-role.ts';
import { newId } from './ids.ts';
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
 * Makes a private repository of that name, or finds the one that another first push made at the same time.
 *
 * @param by - Who may make it: an owner of its organization.
 * @throws ApiError 403, 404 when the organization is gone, or they own it no more.
 */
export async function createRepository(
  context: ServerContext,
  by: { id: string; name: string },
  fullName: string,
): Promise<RepositoryRef> {
  const slug = orgOfRepository(fullName);
  return context.write({ id: by.id, name: by.name }, async (tx, audit) => {
    const org = await tx.selectFrom('organizations').select('id').where('slug', '=', slug).executeTakeFirst();
    if (org === undefined || slug === null)
      throw new ApiError('not_found', `The organization of ${fullName} is gone.`);
    await requireRoleStill(tx, { id: org.id, slug, role: 'owner' }, by.id);
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
      return toRepositoryRef(row);
    }
    const existing = tx.selectFrom('repositories').selectAll().where('full_name', '=', fullName);
    return toRepositoryRef(await existing.executeTakeFirstOrThrow());
  });
}
