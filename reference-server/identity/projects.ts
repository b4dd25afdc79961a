import type { BranchTable, ProjectTable } from '../db/organization-schema.ts';
import type { Reader } from '../db/write.ts';

/** A project of an organization, or null where it has none of that id. */
export async function findProject(db: Reader, orgId: string, id: string): Promise<ProjectTable | null> {
  const row = await db
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', id)
    .where('org_id', '=', orgId)
    .executeTakeFirst();
  return row ?? null;
}

/** A branch of a project, or null where it has none of that id. */
export async function findBranch(db: Reader, projectId: string, id: string): Promise<BranchTable | null> {
  const row = await db
    .selectFrom('branches')
    .selectAll()
    .where('id', '=', id)
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  return row ?? null;
}
