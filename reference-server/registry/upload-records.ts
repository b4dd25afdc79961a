import type { Kysely, Transaction } from 'kysely';
import type { Principal } from '../auth/credentials.ts';
import type { Database } from '../db/schema.ts';
import { DistributionError } from './distribution-error.ts';

/** An upload nobody went on with for so long is stale, in milliseconds. */
const uploadLifetime = 24 * 60 * 60 * 1000;
const touchInterval = 60 * 1000;
/** Far more than clients keep open at once; each holds a file, if only an empty one. */
export const maxOpenUploads = 200;

/** Whose upload it is: nobody else, and no other repository, sees it. */
export interface UploadOwner {
  repositoryId: string;
  principal: Principal;
}

/** Records an upload. @throws DistributionError 429 when the principal has too many. */
export async function addUpload(
  db: Kysely<Database>,
  id: string,
  owner: UploadOwner,
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const principal = principalKey(owner);
  await db.transaction().execute(async (transaction) => {
    const { open } = await transaction
      .selectFrom('registry_uploads')
      .select(({ fn }) => fn.countAll<number>().as('open'))
      .where('principal', '=', principal)
      .executeTakeFirstOrThrow();
    if (open >= maxOpenUploads) {
      throw new DistributionError(
        429,
        'TOOMANYREQUESTS',
        `You have ${String(open)} unfinished uploads: finish or cancel them, or wait until they end, a day after ` +
          'their last byte.',
      );
    }
    await transaction
      .insertInto('registry_uploads')
      .values({ id, repository_id: owner.repositoryId, principal, created_at: at, touched_at: at })
      .execute();
  });
}

/** Whether an owner has an upload. */
export async function hasUpload(db: Kysely<Database>, id: string, owner: UploadOwner): Promise<boolean> {
  const row = await db
    .selectFrom('registry_uploads')
    .select('id')
    .where('id', '=', id)
    .where('repository_id', '=', owner.repositoryId)
    .where('principal', '=', principalKey(owner))
    .executeTakeFirst();
  return row !== undefined;
}

/** All uploads. */
export async function allUploads(db: Kysely<Database>): Promise<{ id: string; repositoryId: string }[]> {
  return db.selectFrom('registry_uploads').select(['id', 'repository_id as repositoryId']).execute();
}

/** Ids of the uploads nobody went on with. */
export async function staleUploads(db: Kysely<Database>, now: Date): Promise<string[]> {
  const limit = new Date(now.getTime() - uploadLifetime).toISOString();
  const rows = await db.selectFrom('registry_uploads').select('id').where('touched_at', '<', limit).execute();
  return rows.map((row) => row.id);
}

/** Notes that somebody goes on with an upload. */
export async function touchUpload(db: Kysely<Database>, id: string, now: Date): Promise<void> {
  // Many small chunks must not cost a commit each.
  const recently = new Date(now.getTime() - touchInterval).toISOString();
  await db
    .updateTable('registry_uploads')
    .set({ touched_at: now.toISOString() })
    .where('id', '=', id)
    .where('touched_at', '<', recently)
    .execute();
}

/** Removes the record of an upload, if there is one. */
export async function removeUpload(db: Kysely<Database> | Transaction<Database>, id: string): Promise<void> {
  await db.deleteFrom('registry_uploads').where('id', '=', id).execute();
}

function principalKey({ principal }: UploadOwner): string {
  return `${principal.kind}:${principal.id}`;
}
