import { batchesMax } from '../../../contracts/server-api/access/batches.ts';
import type { ServerContext } from '../../context.ts';
import { readActions, writeActions } from '../../db/grant-columns.ts';
import type { AccessBatchTable } from '../../db/access-schema.ts';
import type { GrantTable } from '../../db/schema.ts';
import type { Actor, Audit, Tx } from '../../db/write.ts';
import { isOneOf, noteGrantChanges } from '../../identity/grant-changes.ts';
import type { GrantCell } from '../../identity/grant-changes.ts';
import { newId } from '../../identity/ids.ts';
import { accessVersion, countChanges } from '../matrix/access-version.ts';
import type { CellChange } from './batch-changes.ts';
import { grantEvent } from '../grants/grants.ts';

/** An open `write` that makes a batch. */
export interface BatchWrite {
  /** With the transaction as `db`. */
  context: ServerContext;
  tx: Tx;
  audit: Audit;
  actor: Actor;
  now: Date;
  org: { id: string; slug: string };
}

/** A batch that was made, and the version of what is told since. */
export interface MadeBatch {
  id: string;
  version: string;
}

/** The cells of changes, as grants are stored. */
export function cellsOf(changes: readonly CellChange[]): GrantCell[] {
  return changes.map(({ subject, repository }) => ({
    repositoryId: repository.id,
    principalId: subject.id,
  }));
}

/**
 * Sets the grants of a batch, and keeps what it changed. What is there already stays as it is.
 *
 * @param changes - Each of another cell; at least one.
 */
export async function storeBatch(
  write: BatchWrite,
  changes: readonly CellChange[],
  as: Pick<AccessBatchTable, 'key' | 'request_hash' | 'undoes'>,
): Promise<MadeBatch> {
  const { context, tx, audit, now, org } = write;
  const id = newId('bat');
  const cells = await setGrants(write, id, changes);
  await keepBatch(write, id, cells, as);
  await forgetOldest(tx, org.id, write.actor.id);
  const undoes = as.undoes === null ? {} : { undoes: as.undoes };
  audit({
    ...{ action: as.undoes === null ? 'access-batch.made' : 'access-batch.undone', outcome: 'success' },
    ...{ target: org.slug, org: org.slug, details: { batch: id, changes: changes.length, ...undoes } },
  });
  return { id, version: await accessVersion(context, now) };
}

/** What a grant of a cell says, or `nothing`: in the form of its columns. */
interface Said {
  actions: string;
  ends: string | null;
}

const nothing: Said = { actions: '', ends: null };

interface SetCell {
  change: CellChange;
  before: Said;
  after: Said;
}

const keyOf = ({ subject, repository }: CellChange) => `${repository.id} ${subject.id}`;

async function setGrants(
  write: BatchWrite,
  batch: string,
  changes: readonly CellChange[],
): Promise<SetCell[]> {
  const { tx, audit, actor, now } = write;
  const there = await grantsIn(tx, changes);
  const cells = changes.map((change) => {
    const row = there.get(keyOf(change));
    const hasEnded = row?.expires_at != null && row.expires_at <= now.toISOString();
    const before = row === undefined || hasEnded ? nothing : { actions: row.actions, ends: row.expires_at };
    return { change, row, before, after: { actions: writeActions(change.actions), ends: change.ends } };
  });
  const changed = cells.filter(
    ({ before, after }) => before.actions !== after.actions || before.ends !== after.ends,
  );
  const old = changed.flatMap(({ row }) => row?.id ?? []);
  if (old.length > 0) await tx.deleteFrom('grants').where('id', 'in', old).execute();
  const grants = changed.map(({ change, after }) => newRow(write, batch, change, after));
  const given = grants.filter(({ actions }) => actions !== '');
  if (given.length > 0) await tx.insertInto('grants').values(given).execute();
  await noteGrantChanges(tx, actor, now, cellsOf(changed.map(({ change }) => change)));
  for (const [at, { change, before }] of changed.entries())
    auditCell(audit, batch, change, grants[at], before);
  return cells;
}

async function keepBatch(
  { context, tx, actor, now, org }: BatchWrite,
  id: string,
  cells: readonly SetCell[],
  as: Pick<AccessBatchTable, 'key' | 'request_hash' | 'undoes'>,
): Promise<void> {
  await tx
    .insertInto('access_batches')
    .values({
      ...{ id, org_id: org.id, version: await countChanges(context), made_by: actor.id },
      ...{ made_by_name: actor.name, made_at: now.toISOString(), changes: cells.length, undone_by: null },
      ...as,
    })
    .execute();
  await tx
    .insertInto('access_batch_cells')
    .values(
      cells.map(({ change: { subject, repository }, before, after }, place) => ({
        ...{ batch_id: id, place, repository_id: repository.id, repository: repository.fullName },
        ...{ principal_id: subject.id },
        principal: subject.kind === 'bot' ? `${org.slug}/${subject.name}` : subject.name,
        ...{ before_actions: before.actions, before_ends: before.ends },
        ...{ after_actions: after.actions, after_ends: after.ends },
      })),
    )
    .execute();
}

async function grantsIn(tx: Tx, changes: readonly CellChange[]): Promise<Map<string, GrantTable>> {
  const rows = await tx
    .selectFrom('grants')
    .selectAll()
    .where(isOneOf(cellsOf(changes)))
    .where('effect', '=', 'allow')
    .execute();
  return new Map(rows.map((row) => [`${row.repository_id} ${row.principal_id}`, row]));
}

function newRow(
  { actor, now }: BatchWrite,
  batch: string,
  { subject, repository }: CellChange,
  { actions, ends }: Said,
): GrantTable {
  return {
    ...{ id: newId('g'), repository_id: repository.id, principal_id: subject.id, actions, effect: 'allow' },
    ...{ batch, created_by: actor.id, created_at: now.toISOString(), expires_at: ends },
  };
}

function auditCell(
  audit: Audit,
  batch: string,
  { subject, repository }: CellChange,
  row: GrantTable | undefined,
  before: Said,
): void {
  const about = { principal: subject.id, batch };
  if (row === undefined || row.actions === '') {
    audit(grantEvent('grant.removed', repository, { ...about, actions: before.actions }));
    return;
  }
  const ends = row.expires_at === null ? {} : { expires_at: row.expires_at };
  const details = { ...about, grant: row.id, actions: row.actions, ...ends };
  audit(grantEvent('grant.set', repository, details));
}

/** Of each maker: nobody takes from others what they can undo by making many. */
async function forgetOldest(tx: Tx, orgId: string, maker: string): Promise<void> {
  const last = await tx
    .selectFrom('access_batches')
    .select('version')
    .where('org_id', '=', orgId)
    .where('made_by', '=', maker)
    .orderBy('version', 'desc')
    .limit(1)
    .offset(batchesMax)
    .executeTakeFirst();
  if (last === undefined) return;
  await tx
    .deleteFrom('access_batches')
    .where('org_id', '=', orgId)
    .where('made_by', '=', maker)
    .where('version', '<=', last.version)
    .execute();
}

/** Cells of a batch as they were before it, for taking it back. */
export function beforeOf(row: { before_actions: string; before_ends: string | null }, now: Date) {
  const hasEnded = row.before_ends !== null && row.before_ends <= now.toISOString();
  return hasEnded
    ? { actions: [], ends: null }
    : { actions: readActions(row.before_actions), ends: row.before_ends };
}
