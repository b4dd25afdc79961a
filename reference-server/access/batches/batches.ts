import { hash } from 'node:crypto';
import type { BatchRequest } from '../../../contracts/server-api/access/batches.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import type { AccessBatchCellTable, AccessBatchTable } from '../../db/access-schema.ts';
import type { Actor } from '../../db/write.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import { toRepositoryRef } from '../../identity/repositories.ts';
import { findSubjects } from '../matrix/access-principals.ts';
import { countChanges, countOfVersion } from '../matrix/access-version.ts';
import { loadKnown, requireAdministered } from '../matrix/administered.ts';
import { checkChanges, countRefusedAddresses, requireAll } from './batch-changes.ts';
import type { CellChange } from './batch-changes.ts';
import { isSeenBy } from './batch-list.ts';
import { beforeOf, storeBatch } from './batch-store.ts';
import type { BatchWrite, MadeBatch } from './batch-store.ts';
import { cellWords, changedSince } from './changed-cells.ts';
import { askerOf, repositoriesAccess } from '../repository-access.ts';
import type { ShownOrganization } from '../matrix/set-facts.ts';

/** On what a batch is made: the version that its maker has seen, and what makes it once only. */
export interface BatchConditions {
  version: string;
  key: string | null;
}

/**
 * Makes changes of grants, all or none.
 *
 * @returns `isNew` is false for one that the same caller made before by the same key.
 * @throws ApiError 403, 404 for the organization; 400, 403, 404 with what is refused; 409 for a key of another batch; 412 with
 *   the cells that were changed after the version.
 */
export async function applyBatch(
  context: ServerContext,
  caller: Caller,
  { org: slug, changes: asked }: BatchRequest,
  { version, key }: BatchConditions,
  actor: Actor,
): Promise<MadeBatch & { isNew: boolean }> {
  return context.write(actor, async (tx, audit) => {
    const now = context.now();
    const inside = { ...context, db: tx };
    const org = await requireAdministered(inside, caller, slug);
    const request_hash = hash('sha256', JSON.stringify([slug, asked]), 'hex');
    const before = await batchOfKey(inside, actor, key);
    if (before !== null) return { ...sameBatch(before, request_hash), isNew: false };
    const checked = await checkChanges(inside, askerOf(caller), slug, asked, now);
    countRefusedAddresses(context, caller, asked, checked.refused);
    const changes = requireAll(checked);
    const count = countOfVersion(version);
    if (count === null || count > (await countChanges(inside))) {
      const words = 'This server never told the version that If-Match names. Look at the access again.';
      throw new ApiError('precondition_failed', words);
    }
    const cells = await changedSince(inside, org, changes, count, now);
    if (cells.length > 0) {
      const words = `Somebody changed ${cellWords(cells)} meanwhile. Nothing was changed. Look at it again.`;
      throw new ApiError('precondition_failed', words, { details: { cells } });
    }
    const write: BatchWrite = { context: inside, tx, audit, actor, now, org };
    return { ...(await storeBatch(write, changes, { key, request_hash, undoes: null })), isNew: true };
  });
}

async function batchOfKey(
  { db }: ServerContext,
  actor: Actor,
  key: string | null,
): Promise<AccessBatchTable | null> {
  if (key === null) return null;
  const row = await db
    .selectFrom('access_batches')
    .selectAll()
    .where('made_by', '=', actor.id)
    .where('key', '=', key)
    .executeTakeFirst();
  return row ?? null;
}

/** What was told of it: what was written since is not seen by who sends it again. */
function sameBatch(batch: AccessBatchTable, requestHash: string): MadeBatch {
  if (batch.request_hash === requestHash) return { id: batch.id, version: batch.version.toString() };
  const words = 'You have sent other changes with this Idempotency-Key. Use a new one.';
  throw new ApiError('conflict', words);
}

/**
 * Takes a batch back, whole: each cell is as it was before it. What had an end that has come since is not given again.
 *
 * @throws ApiError 404 where the caller does not administer all that it changed; 409 where it was undone, or with the cells
 *   that were changed since; 404 with what is gone.
 */
export async function undoBatch(
  context: ServerContext,
  caller: Caller,
  id: string,
  actor: Actor,
): Promise<MadeBatch> {
  return context.write(actor, async (tx, audit) => {
    const now = context.now();
    const inside = { ...context, db: tx };
    const { batch, org, cells } = await requireOwnBatch(inside, caller, id);
    if (batch.undone_by !== null) {
      throw new ApiError('conflict', 'These changes were undone already.');
    }
    const changes = await changesBack(inside, org, cells, now);
    const changed = await changedSince(inside, org, changes, batch.version, now);
    if (changed.length > 0) {
      const words = `Later changes stand on these: of ${cellWords(changed)}. Nothing was undone.`;
      throw new ApiError('conflict', words, { details: { cells: changed } });
    }
    const write: BatchWrite = { context: inside, tx, audit, actor, now, org };
    const undo = await storeBatch(write, changes, { key: null, request_hash: '', undoes: id });
    await tx.updateTable('access_batches').set({ undone_by: undo.id }).where('id', '=', id).execute();
    return undo;
  });
}

interface KnownBatch {
  batch: AccessBatchTable;
  org: ShownOrganization;
  cells: AccessBatchCellTable[];
}

async function requireOwnBatch(context: ServerContext, caller: Caller, id: string): Promise<KnownBatch> {
  const unknown = notFound(`The batch ${id}`);
  const batch = await context.db
    .selectFrom('access_batches')
    .innerJoin('organizations', 'organizations.id', 'access_batches.org_id')
    .selectAll('access_batches')
    .select('organizations.slug')
    .where('access_batches.id', '=', id)
    .executeTakeFirst();
  if (batch === undefined) throw unknown;
  const cells = await context.db
    .selectFrom('access_batch_cells')
    .selectAll()
    .where('batch_id', '=', id)
    .orderBy('place')
    .execute();
  const names = [...new Set(cells.map(({ repository }) => repository))];
  const found = await repositoriesAccess(context, askerOf(caller), names);
  const access = new Map(found.map((each) => [each.name, each]));
  const isOwn = cells.every((cell) => isSeenBy(caller, batch, cell, access.get(cell.repository)));
  // Whoever administers nothing there any more, may not even know what is gone.
  const isNothing = cells.every((cell) => access.get(cell.repository)?.repository?.id !== cell.repository_id);
  if (!isOwn) throw unknown;
  if (isNothing) await requireAdministered(context, caller, batch.slug);
  const known = await loadKnown(context, caller, batch.slug);
  return { batch, org: { id: batch.org_id, slug: batch.slug, known }, cells };
}

/** @throws ApiError 404 for what cannot be given back, as its repository or principal is gone */
async function changesBack(
  { db }: ServerContext,
  org: { slug: string },
  cells: readonly AccessBatchCellTable[],
  now: Date,
): Promise<CellChange[]> {
  const idsOf = (column: 'repository_id' | 'principal_id') => [...new Set(cells.map((cell) => cell[column]))];
  const rows = await db
    .selectFrom('repositories')
    .selectAll()
    .where('id', 'in', idsOf('repository_id'))
    .execute();
  const repositories = new Map(rows.map((row) => [row.id, row]));
  const subjects = await findSubjects(db, org.slug, idsOf('principal_id'));
  const changes = cells.flatMap((cell): CellChange[] => {
    const row = repositories.get(cell.repository_id);
    const subject = subjects.get(cell.principal_id);
    const before = beforeOf(cell, now);
    if (row !== undefined && subject !== undefined) {
      return [{ subject, repository: toRepositoryRef(row), ...before }];
    }
    // What is gone has nothing, as it had before.
    if (before.actions.length === 0) return [];
    const what = row === undefined ? `The repository ${cell.repository}` : cell.principal;
    throw new ApiError(
      'not_found',
      `${what} is gone, so these changes cannot be undone. Nothing was undone.`,
    );
  });
  if (changes.length > 0) return changes;
  throw new ApiError('not_found', 'All that these changes were about is gone. There is nothing to undo.');
}
