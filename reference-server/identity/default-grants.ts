import type { GrantTable, RepositoryTable } from '../db/schema.ts';
import type { Audit, Tx } from '../db/write.ts';
import { changeTime } from './change-time.ts';
import { noteGrantChanges } from './grant-changes.ts';
import { newId } from './ids.ts';
import { mayReceiveIn } from './principals.ts';

/**
 * Gives in a `write` what the new repositories of an organization begin with, on one that is made with it. Who said so is
 * who gives it, whoever makes the repository. Principals to whom nothing may be given there any more are passed over, and so
 * are people whose account is closed or waits: it would be theirs once it is opened again.
 */
export async function giveDefaultGrants(
  tx: Tx,
  audit: Audit,
  repository: RepositoryTable,
  org: { id: string; slug: string },
): Promise<void> {
  const rows = await tx
    .selectFrom('access_default_grants')
    .innerJoin('access_defaults', 'access_defaults.org_id', 'access_default_grants.org_id')
    .leftJoin('users', 'users.id', 'principal_id')
    .leftJoin('groups', 'groups.id', 'principal_id')
    .leftJoin('bots', 'bots.id', 'principal_id')
    .leftJoin('organizations', 'organizations.id', 'groups.org_id')
    .select(['principal_id', 'actions', 'access_defaults.changed_by'])
    .where('access_defaults.org_id', '=', org.id)
    .where(mayReceiveIn(org))
    .where((where) => where.or([where('users.id', 'is', null), where('users.status', '=', 'active')]))
    .orderBy('principal_id')
    .execute();
  const [first] = rows;
  if (first === undefined) return;
  const grants = rows.map(({ principal_id, actions, changed_by }): GrantTable => ({
    ...{ id: newId('g'), repository_id: repository.id, principal_id, actions, effect: 'allow' },
    ...{ batch: null, created_by: changed_by, created_at: repository.created_at, expires_at: null },
  }));
  await tx.insertInto('grants').values(grants).execute();
  const cells = grants.map((row) => ({ repositoryId: row.repository_id, principalId: row.principal_id }));
  await noteGrantChanges(tx, { id: first.changed_by }, new Date(repository.created_at), cells);
  for (const { id: grant, principal_id: principal, actions, created_by } of grants) {
    audit({
      ...{ action: 'grant.set', outcome: 'success', target: repository.full_name, org: org.slug },
      details: { grant, principal, actions, defaults_of: created_by },
    });
  }
}

/**
 * Takes somebody from what the new repositories of an organization begin with, in a `write`. It counts as a change: whoever
 * saw them named there does not name them again unseen.
 */
export async function forgetDefaultGrants(
  tx: Tx,
  { principalId, orgId }: { principalId: string; orgId: string },
  now: Date,
): Promise<void> {
  const gone = await tx
    .deleteFrom('access_default_grants')
    .where('principal_id', '=', principalId)
    .where('org_id', '=', orgId)
    .executeTakeFirst();
  if (gone.numDeletedRows === 0n) return;
  const defaults = tx.selectFrom('access_defaults').select('changed_at').where('org_id', '=', orgId);
  const { changed_at: before } = await defaults.executeTakeFirstOrThrow();
  await tx
    .updateTable('access_defaults')
    .set({ changed_at: changeTime(now, before) })
    .where('org_id', '=', orgId)
    .execute();
}
