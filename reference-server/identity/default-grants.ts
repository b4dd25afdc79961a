import type { GrantTable, RepositoryTable } from '../db/schema.ts';
import type { Audit, Tx } from '../db/write.ts';
import { noteGrantChanges } from './grant-changes.ts';
import { newId } from './ids.ts';
import { mayReceiveIn } from './principals.ts';

/**
 * Gives in a `write` what the new repositories of an organization begin with, on one that is made with it. Who said so is
 * who gives it, whoever makes the repository. Principals to whom nothing may be given there any more are passed over.
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

/** Takes somebody from what new repositories begin with, in one organization or in all, in a `write`. */
export async function forgetDefaultGrants(tx: Tx, principalId: string, orgId?: string): Promise<void> {
  let gone = tx.deleteFrom('access_default_grants').where('principal_id', '=', principalId);
  if (orgId !== undefined) gone = gone.where('org_id', '=', orgId);
  await gone.execute();
}
