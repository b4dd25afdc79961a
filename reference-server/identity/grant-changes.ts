import { sql } from 'kysely';
import type { DeleteQueryBuilder, DeleteResult, RawBuilder } from 'kysely';
import type { Database } from '../db/schema.ts';
import type { Actor, Tx } from '../db/write.ts';

/** The grants of one principal on one repository. */
export interface GrantCell {
  repositoryId: string;
  principalId: string;
}

/** As many as one statement takes. */
const chunk = 1000;

/**
 * Notes in a `write` that these grants changed with it, so that who changes them later and has not seen it is told. Each way of
 * giving and taking grants goes through here, but for those of principals and repositories that are deleted.
 */
export async function noteGrantChanges(
  tx: Tx,
  actor: Partial<Actor>,
  now: Date,
  cells: readonly GrantCell[],
): Promise<void> {
  if (cells.length === 0) return;
  const change = await changeBy(tx, actor, now);
  for (let at = 0; at < cells.length; at += chunk) {
    const rows = cells.slice(at, at + chunk).map(({ repositoryId, principalId }) => ({
      ...{ repository_id: repositoryId, principal_id: principalId },
      ...change,
    }));
    await tx
      .insertInto('grant_changes')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['repository_id', 'principal_id']).doUpdateSet(change))
      .execute();
  }
}

/** The cell of a repository as a whole: it changes when the repository is made. */
export function wholeOf(repositoryId: string): GrantCell {
  return { repositoryId, principalId: repositoryId };
}

/**
 * Notes in a `write` that somebody lost all rights in an organization, where these were ever changed: what was taken from
 * them before is not given back by taking that change back.
 */
export async function noteLostFooting(
  tx: Tx,
  actor: Partial<Actor>,
  now: Date,
  { userId, orgId }: { userId: string; orgId: string },
): Promise<void> {
  await tx
    .updateTable('grant_changes')
    .set(await changeBy(tx, actor, now))
    .where('principal_id', '=', userId)
    .where('repository_id', 'in', tx.selectFrom('repositories').select('id').where('org_id', '=', orgId))
    .execute();
}

async function changeBy(tx: Tx, actor: Partial<Actor>, now: Date) {
  const { count } = await tx.selectFrom('changes').select('count').executeTakeFirstOrThrow();
  return { version: count, changed_by: actor.id ?? null, changed_at: now.toISOString() };
}

/**
 * Deletes grants in a `write`.
 *
 * @param which - Narrows the statement down.
 * @returns How many there were.
 */
export async function deleteGrants(
  tx: Tx,
  actor: Partial<Actor>,
  now: Date,
  which: (
    grants: DeleteQueryBuilder<Database, 'grants', DeleteResult>,
  ) => DeleteQueryBuilder<Database, 'grants', DeleteResult>,
): Promise<number> {
  const gone = await which(tx.deleteFrom('grants')).returning(['repository_id', 'principal_id']).execute();
  const cells = gone.map((row) => ({ repositoryId: row.repository_id, principalId: row.principal_id }));
  await noteGrantChanges(tx, actor, now, distinct(cells));
  return gone.length;
}

/** A principal may have an allowing and a denying grant. */
function distinct(cells: readonly GrantCell[]): GrantCell[] {
  return [...new Map(cells.map((cell) => [`${cell.repositoryId} ${cell.principalId}`, cell])).values()];
}

/** A condition: the columns `repository_id` and `principal_id` are those of one of these cells, of which there is one. */
export function isOneOf(cells: readonly GrantCell[]): RawBuilder<boolean> {
  const rows = cells.map(({ repositoryId, principalId }) => sql`(${repositoryId}, ${principalId})`);
  return sql<boolean>`(repository_id, principal_id) in (values ${sql.join(rows)})`;
}
