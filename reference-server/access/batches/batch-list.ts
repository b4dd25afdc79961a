import { batchSamplesMax } from '../../../contracts/server-api/access/batches.ts';
import type { Batch, batchesQuerySchema } from '../../../contracts/server-api/access/batches.ts';
import type { z } from 'zod';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import type { AccessBatchCellTable, AccessBatchTable } from '../../db/access-schema.ts';
import { readActions } from '../../db/grant-columns.ts';
import { requireAdministered } from '../matrix/administered.ts';
import { askerOf, repositoriesAccess } from '../repository-access.ts';
import type { RepositoryAccess } from '../repository-access.ts';

/**
 * A page of the batches in an organization, newest first: those of which the caller administers each repository.
 *
 * @throws ApiError 403, 404 for the organization
 */
export async function listBatches(
  context: ServerContext,
  caller: Caller,
  { org: slug, limit, after }: z.output<typeof batchesQuerySchema>,
): Promise<{ batches: Batch[]; next: string | undefined }> {
  const org = await requireAdministered(context, caller, slug);
  const found: AccessBatchTable[] = [];
  let next: string | undefined;
  for (let last: number | null = firstBefore(after); last !== null && next === undefined;) {
    const rows = await page(context, org.id, last, limit + 1);
    const own = await ownBatches(context, caller, rows);
    for (const row of own) {
      if (found.length === limit) {
        next = found.at(-1)?.version.toString();
        break;
      }
      found.push(row);
    }
    last = rows.length <= limit ? null : (rows.at(-1)?.version ?? null);
  }
  const samples = await samplesOf(context, found);
  return { batches: found.map((row) => toBatch(row, samples.get(row.id) ?? [], caller.principal.id)), next };
}

/** What names no version, comes before nothing. */
function firstBefore(after: string): number | null {
  if (after === '') return Number.MAX_SAFE_INTEGER;
  return /^\d{1,15}$/.test(after) ? Number(after) : null;
}

async function page(
  { db }: ServerContext,
  orgId: string,
  before: number,
  limit: number,
): Promise<AccessBatchTable[]> {
  return db
    .selectFrom('access_batches')
    .selectAll()
    .where('org_id', '=', orgId)
    .where('version', '<', before)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
}

async function ownBatches(
  context: ServerContext,
  caller: Caller,
  rows: readonly AccessBatchTable[],
): Promise<AccessBatchTable[]> {
  if (rows.length === 0) return [];
  const about = await context.db
    .selectFrom('access_batch_cells')
    .select(['batch_id', 'repository', 'repository_id'])
    .distinct()
    .where(
      'batch_id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute();
  const found = new Map<string, RepositoryAccess>();
  const names = [...new Set(about.map(({ repository }) => repository))];
  for (let at = 0; at < names.length; at += chunk) {
    const access = await repositoriesAccess(context, askerOf(caller), names.slice(at, at + chunk));
    for (const each of access) found.set(each.name, each);
  }
  const namesOf = Map.groupBy(about, (cell) => cell.batch_id);
  return rows.filter((row) =>
    (namesOf.get(row.id) ?? []).every((cell) => isSeenBy(caller, row, cell, found.get(cell.repository))),
  );
}

/**
 * Whether somebody is shown a batch, as far as this repository goes: they administer it. Of one that is gone, these are who
 * administer all that there is, and who made the batch.
 *
 * @param access - Of what has its name now, which may be another one.
 */
export function isSeenBy(
  { principal, credential }: Caller,
  batch: Pick<AccessBatchTable, 'made_by'>,
  { repository_id: id }: Pick<AccessBatchCellTable, 'repository_id'>,
  access: RepositoryAccess | undefined,
): boolean {
  if (access === undefined) return false;
  const { actions, because, repository } = access;
  if (repository?.id === id) return actions.has('admin');
  const isMaker = credential.limits === null && batch.made_by === principal.id;
  const byRole = because.some(({ kind }) => kind === 'role' || kind === 'administrator');
  return isMaker || (byRole && actions.has('admin'));
}

/** As many names as one look at the database decides about. */
const chunk = 1000;

async function samplesOf(
  { db }: ServerContext,
  rows: readonly AccessBatchTable[],
): Promise<Map<string, AccessBatchCellTable[]>> {
  if (rows.length === 0) return new Map();
  const cells = await db
    .selectFrom('access_batch_cells')
    .selectAll()
    .where(
      'batch_id',
      'in',
      rows.map(({ id }) => id),
    )
    .where('place', '<', batchSamplesMax)
    .orderBy('place')
    .execute();
  return Map.groupBy(cells, (cell) => cell.batch_id);
}

function toBatch(row: AccessBatchTable, samples: readonly AccessBatchCellTable[], callerId: string): Batch {
  return {
    id: row.id,
    key: row.made_by === callerId ? row.key : null,
    made_at: row.made_at,
    made_by: { id: row.made_by, name: row.made_by_name },
    changes: row.changes,
    samples: samples.map((cell) => ({
      principal: cell.principal,
      repository: cell.repository,
      before: readActions(cell.before_actions),
      after: readActions(cell.after_actions),
    })),
    undoes: row.undoes,
    undone_by: row.undone_by,
  };
}
