import type { Principal } from '../identity/principals.ts';
import type { ServerContext } from '../context.ts';
import type { Reader, Tx } from '../db/write.ts';
import { DistributionError } from '../http/distribution-error.ts';
import { requireRepository } from './repository-content.ts';

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
  { write, now }: Pick<ServerContext, 'write' | 'now'>,
  id: string,
  owner: UploadOwner,
): Promise<void> {
  const at = now().toISOString();
  const { repositoryId, principal } = owner;
  await write({}, async (tx) => {
    await requireRepository(tx, repositoryId);
    const { open } = await tx
      .selectFrom('registry_uploads')
      .select(({ fn }) => fn.countAll<number>().as('open'))
      .where('principal_id', '=', principal.id)
      .executeTakeFirstOrThrow();
    if (open >= maxOpenUploads) {
      throw new DistributionError(
        429,
        'TOOMANYREQUESTS',
        `You have ${String(open)} unfinished uploads: finish or cancel them, or wait until they end, a day after ` +
          'their last byte.',
      );
    }
    await tx
      .insertInto('registry_uploads')
      .values({ id, repository_id: repositoryId, principal_id: principal.id, created_at: at, touched_at: at })
      .execute();
  });
}

/** Whether an owner has an upload. */
export async function hasUpload(db: Reader, id: string, owner: UploadOwner): Promise<boolean> {
  const row = await db
    .selectFrom('registry_uploads')
    .select('id')
    .where('id', '=', id)
    .where('repository_id', '=', owner.repositoryId)
    .where('principal_id', '=', owner.principal.id)
    .executeTakeFirst();
  return row !== undefined;
}

/** All uploads. */
export async function allUploads(db: Reader): Promise<{ id: string; repositoryId: string }[]> {
  return db.selectFrom('registry_uploads').select(['id', 'repository_id as repositoryId']).execute();
}

/** Since when nobody has gone on with an upload that is stale now. */
export function staleSince({ now }: Pick<ServerContext, 'now'>): Date {
  return new Date(now().getTime() - uploadLifetime);
}

/** Ids of the uploads nobody went on with. */
export async function staleUploads(context: Pick<ServerContext, 'db' | 'now'>): Promise<string[]> {
  const { db } = context;
  const limit = staleSince(context).toISOString();
  const rows = await db.selectFrom('registry_uploads').select('id').where('touched_at', '<', limit).execute();
  return rows.map((row) => row.id);
}

/** Notes that somebody goes on with an upload. */
export async function touchUpload(
  { db, write, now }: Pick<ServerContext, 'db' | 'write' | 'now'>,
  id: string,
): Promise<void> {
  const at = now();
  const row = await db
    .selectFrom('registry_uploads')
    .select('touched_at')
    .where('id', '=', id)
    .executeTakeFirst();
  // Many small chunks must not cost a commit each.
  if (row === undefined || Date.parse(row.touched_at) >= at.getTime() - touchInterval) return;
  await write({}, (tx) =>
    tx.updateTable('registry_uploads').set({ touched_at: at.toISOString() }).where('id', '=', id).execute(),
  );
}

/** Removes the record of an upload, if there is one. */
export async function removeUpload(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('registry_uploads').where('id', '=', id).execute();
}
