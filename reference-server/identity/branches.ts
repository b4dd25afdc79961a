import type { Branch } from '../../contracts/server-api/kisenon/projects.ts';
import type { PageQuery } from '../../contracts/server-api/pages.ts';
import type { ServerContext } from '../context.ts';
import { contains } from '../db/contains.ts';
import { cutPage } from '../db/cut-page.ts';
import type { BranchTable, ProjectTable } from '../db/organization-schema.ts';
import type { Actor, Reader, Tx } from '../db/write.ts';
import { publish } from '../events/event-log.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { requireRoleStill } from './acting-role.ts';
import type { ActingOrganization } from './acting-role.ts';
import { newId } from './ids.ts';
import { requireProject } from './projects.ts';
import type { Covered } from './projects.ts';

/** How many branches a project may have. */
export const maxBranches = 1000;

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

/** A page of the branches of a project that are covered, by name. `search` is part of one. */
export async function listBranches(
  { db }: Pick<ServerContext, 'db'>,
  { id }: Pick<ProjectTable, 'id'>,
  { branches }: Covered,
  { limit, after, search }: PageQuery & { search: string },
): Promise<{ branches: Branch[]; next: string | undefined }> {
  const rows = await db
    .selectFrom('branches')
    .selectAll()
    .where('project_id', '=', id)
    .where('name', '>', after)
    .$if(branches !== null, (query) => query.where('id', 'in', branches ?? []))
    .$if(search !== '', (query) => query.where(contains('name', search)))
    .orderBy('name')
    .limit(limit + 1)
    .execute();
  const { page, end } = cutPage(rows, limit);
  return { branches: page.map(toBranch), next: end?.name };
}

/** A branch as the contract shows it. */
export function toBranch({ is_default, ...row }: BranchTable): Branch {
  return { ...row, default: is_default === 1 };
}

/**
 * Makes a branch.
 *
 * @throws ApiError 404 when the project is gone, 409 when the name is taken or the project has as many as it may.
 */
export async function createBranch(
  context: ServerContext,
  org: ActingOrganization,
  projectId: string,
  name: string,
  actor: Actor,
): Promise<Branch> {
  const created_at = context.now().toISOString();
  const row: BranchTable = { id: newId('br'), project_id: projectId, name, is_default: 0, created_at };
  return context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const project = await requireProject(tx, org, projectId);
    await requireRoom(tx, project);
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('branches')
      .values(row)
      .onConflict((conflict) => conflict.columns(['project_id', 'name']).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) throw nameTaken(project, name);
    const details = { id: row.id };
    audit({ action: 'branch.created', outcome: 'success', ...placeOf(org, project, name), details });
    await publishBranch(context, tx, project, row.id, { action: 'created', name });
    return toBranch(row);
  });
}

/** Gives a branch another name, the default one too. @throws ApiError 404 when it is gone, 409 when the name is taken. */
export async function renameBranch(
  context: ServerContext,
  org: ActingOrganization,
  { projectId, id }: { projectId: string; id: string },
  name: string,
  actor: Actor,
): Promise<Branch> {
  return context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const project = await requireProject(tx, org, projectId);
    const branch = await requireBranch(tx, projectId, id);
    if (branch.name === name) return toBranch(branch);
    const other = await tx
      .selectFrom('branches')
      .select('id')
      .where('project_id', '=', projectId)
      .where('name', '=', name)
      .executeTakeFirst();
    if (other !== undefined) throw nameTaken(project, name);
    await tx.updateTable('branches').set({ name }).where('id', '=', id).execute();
    const details = { id, from: branch.name };
    audit({ action: 'branch.renamed', outcome: 'success', ...placeOf(org, project, name), details });
    await publishBranch(context, tx, project, id, { action: 'renamed', name });
    return toBranch({ ...branch, name });
  });
}

/** Deletes a branch. @throws ApiError 404 when it is gone, 409 for the default one. */
export async function deleteBranch(
  context: ServerContext,
  org: ActingOrganization,
  { projectId, id }: { projectId: string; id: string },
  actor: Actor,
): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const project = await requireProject(tx, org, projectId);
    const { name, is_default } = await requireBranch(tx, projectId, id);
    if (is_default === 1) {
      throw new ApiError('conflict', `${name} is the default branch of ${project.name}, and stays with it.`);
    }
    await tx.deleteFrom('branches').where('id', '=', id).execute();
    audit({
      action: 'branch.deleted',
      outcome: 'success',
      ...placeOf(org, project, name),
      details: { id },
    });
    await publishBranch(context, tx, project, id, { action: 'deleted', name });
  });
}

async function requireBranch(tx: Reader, projectId: string, id: string): Promise<BranchTable> {
  const branch = await findBranch(tx, projectId, id);
  if (branch === null) throw notFound(`The branch ${id}`);
  return branch;
}

async function requireRoom(tx: Tx, { id, name }: ProjectTable): Promise<void> {
  const { count } = await tx
    .selectFrom('branches')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('project_id', '=', id)
    .executeTakeFirstOrThrow();
  if (count < maxBranches) return;
  throw new ApiError(
    'conflict',
    `${name} has ${String(maxBranches)} branches, as many as it may. Delete one first.`,
  );
}

function nameTaken(project: ProjectTable, name: string): ApiError {
  return new ApiError('conflict', `${project.name} has a branch named ${name} already. Choose another name.`);
}

/** For an audit event. */
function placeOf(org: ActingOrganization, project: ProjectTable, name: string) {
  return { target: `${org.slug}/${project.name}:${name}`, org: org.slug };
}

function publishBranch(
  context: ServerContext,
  tx: Tx,
  project: ProjectTable,
  id: string,
  data: { action: string; name: string },
): Promise<void> {
  return publish(context, tx, {
    org_id: project.org_id,
    project_id: project.id,
    type: 'branch.changed.v1',
    data: { ...data, id },
  });
}
