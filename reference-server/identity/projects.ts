import type { Project } from '../../contracts/server-api/kisenon/projects.ts';
import type { PageQuery } from '../../contracts/server-api/pages.ts';
import type { ServerContext } from '../context.ts';
import { contains } from '../db/contains.ts';
import { cutPage } from '../db/cut-page.ts';
import type { ProjectTable } from '../db/organization-schema.ts';
import type { Actor, Reader, Tx } from '../db/write.ts';
import { publish } from '../events/event-log.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { requireRoleStill } from './acting-role.ts';
import type { ActingOrganization } from './acting-role.ts';
import { newId } from './ids.ts';

/** How many projects an organization may have. */
export const maxProjects = 1000;

/** What a credential covers of projects and branches, by ids; null for all. */
export interface Covered {
  projects: readonly string[] | null;
  /** Of the projects that it covers. */
  branches: readonly string[] | null;
}

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

/** A page of the projects of an organization that are covered, by name. `search` is part of one. */
export async function listProjects(
  { db }: Pick<ServerContext, 'db'>,
  org: Pick<ActingOrganization, 'id' | 'slug'>,
  covered: Covered,
  { limit, after, search }: PageQuery & { search: string },
): Promise<{ projects: Project[]; next: string | undefined }> {
  const rows = await projectQuery(db, org.id, covered)
    .where('projects.name', '>', after)
    .$if(search !== '', (query) => query.where(contains('projects.name', search)))
    .orderBy('projects.name')
    .limit(limit + 1)
    .execute();
  const { page, end } = cutPage(rows, limit);
  return { projects: page.map((row) => toProject(row, org.slug)), next: end?.name };
}

/** A project as the contract shows it. @throws ApiError 404 when it is gone. */
export async function readProject(
  db: Reader,
  org: Pick<ActingOrganization, 'id' | 'slug'>,
  covered: Covered,
  id: string,
): Promise<Project> {
  const row = await projectQuery(db, org.id, covered).where('projects.id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound(`The project ${id}`);
  return toProject(row, org.slug);
}

function toProject(
  row: Omit<Project, 'org' | 'branch_count'> & { branch_count: number | null },
  org: string,
): Project {
  return { ...row, org, branch_count: row.branch_count ?? 0 };
}

/** Covers everything, as sessions do. */
export const coversAll: Covered = { projects: null, branches: null };

function projectQuery(db: Reader, orgId: string, { projects, branches }: Covered) {
  return db
    .selectFrom('projects')
    .innerJoin('branches as first', (join) =>
      join.onRef('first.project_id', '=', 'projects.id').on('first.is_default', '=', 1),
    )
    .leftJoin('users', 'users.id', 'projects.created_by')
    .select(['projects.id', 'projects.name', 'projects.created_at'])
    .select(['first.name as default_branch', 'users.username as created_by'])
    .select((select) =>
      select
        .selectFrom('branches')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('branches.project_id', '=', 'projects.id')
        .$if(branches !== null, (query) => query.where('branches.id', 'in', branches ?? []))
        .as('branch_count'),
    )
    .where('projects.org_id', '=', orgId)
    .$if(projects !== null, (query) => query.where('projects.id', 'in', projects ?? []));
}

/**
 * Makes a project with its default branch.
 *
 * @throws ApiError 409 when the name is taken, or the organization has as many as it may.
 */
export async function createProject(
  context: ServerContext,
  org: ActingOrganization,
  { name, default_branch }: { name: string; default_branch: string },
  actor: Actor,
): Promise<Project> {
  const created_at = context.now().toISOString();
  const id = newId('prj');
  return context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    await requireRoom(tx, org);
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('projects')
      .values({ id, org_id: org.id, name, created_by: actor.id, created_at })
      .onConflict((conflict) => conflict.columns(['org_id', 'name']).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) throw nameTaken(org, name);
    await tx
      .insertInto('branches')
      .values({ id: newId('br'), project_id: id, name: default_branch, is_default: 1, created_at })
      .execute();
    const target = `${org.slug}/${name}`;
    audit({ action: 'project.created', outcome: 'success', target, org: org.slug, details: { id } });
    await publishProject(context, tx, org, id, { action: 'created', name });
    return readProject(tx, org, coversAll, id);
  });
}

/** Gives a project another name. @throws ApiError 404 when it is gone, 409 when the name is taken. */
export async function renameProject(
  context: ServerContext,
  org: ActingOrganization,
  id: string,
  name: string,
  actor: Actor,
): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const project = await requireProject(tx, org, id);
    if (project.name === name) return;
    const other = await tx
      .selectFrom('projects')
      .select('id')
      .where('org_id', '=', org.id)
      .where('name', '=', name)
      .executeTakeFirst();
    if (other !== undefined) throw nameTaken(org, name);
    await tx.updateTable('projects').set({ name }).where('id', '=', id).execute();
    const details = { id, from: project.name };
    const target = `${org.slug}/${name}`;
    audit({ action: 'project.renamed', outcome: 'success', target, org: org.slug, details });
    await publishProject(context, tx, org, id, { action: 'renamed', name });
  });
}

/** Deletes a project with its branches. API keys that were for nothing else may do nothing from now on. */
export async function deleteProject(
  context: ServerContext,
  org: ActingOrganization,
  id: string,
  actor: Actor,
): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const { name } = await requireProject(tx, org, id);
    await tx.deleteFrom('projects').where('id', '=', id).execute();
    const target = `${org.slug}/${name}`;
    audit({ action: 'project.deleted', outcome: 'success', target, org: org.slug, details: { id } });
    await publishProject(context, tx, org, id, { action: 'deleted', name });
  });
}

/** A project that is still there, for the beginning of a change. @throws ApiError 404 */
export async function requireProject(
  tx: Reader,
  org: Pick<ActingOrganization, 'id'>,
  id: string,
): Promise<ProjectTable> {
  const project = await findProject(tx, org.id, id);
  if (project === null) throw notFound(`The project ${id}`);
  return project;
}

async function requireRoom(tx: Tx, { id, slug }: ActingOrganization): Promise<void> {
  const { count } = await tx
    .selectFrom('projects')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('org_id', '=', id)
    .executeTakeFirstOrThrow();
  if (count < maxProjects) return;
  throw new ApiError(
    'conflict',
    `${slug} has ${String(maxProjects)} projects, as many as it may. Delete one first.`,
  );
}

function nameTaken({ slug }: ActingOrganization, name: string): ApiError {
  return new ApiError('conflict', `${slug} has a project named ${name} already. Choose another name.`);
}

function publishProject(
  context: ServerContext,
  tx: Tx,
  org: ActingOrganization,
  id: string,
  data: { action: string; name: string },
): Promise<void> {
  return publish(context, tx, {
    org_id: org.id,
    project_id: id,
    type: 'project.changed.v1',
    data: { ...data, id },
  });
}
