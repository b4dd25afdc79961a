import { sql } from 'kysely';
import type {
  CreateGroupRequest,
  Group,
  GroupMember,
  GroupsQuery,
  UpdateGroupRequest,
} from '../../contracts/server-api/artifact-keeper/groups.ts';
import { numberedPage } from '../../contracts/server-api/artifact-keeper/pages.ts';
import type { NumberedPageQuery } from '../../contracts/server-api/artifact-keeper/pages.ts';
import type { ServerContext } from '../context.ts';
import { contains } from '../db/contains.ts';
import type { GroupTable } from '../db/directory-schema.ts';
import type { Actor, Reader, Tx } from '../db/write.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { requireAdministratorStill } from './administrators.ts';
import { deleteGrants } from './grant-changes.ts';
import { newId } from './ids.ts';
import { mainSlug, requireMainOrganization } from './main-organization.ts';

/** Whom groups are shown to: administrators see all, others those of their organizations and those that they are in. */
export interface GroupViewer {
  id: string;
  administrator: boolean;
}

const countAll = sql<number>`count(*)`.as('count');

function groupQuery(db: Reader, viewer: GroupViewer) {
  const query = db.selectFrom('groups').innerJoin('organizations', 'organizations.id', 'groups.org_id');
  if (viewer.administrator) return query;
  return query.where((where) =>
    where.or([
      where(
        'groups.org_id',
        'in',
        where.selectFrom('memberships').select('org_id').where('user_id', '=', viewer.id),
      ),
      where(
        'groups.id',
        'in',
        where.selectFrom('group_members').select('group_id').where('user_id', '=', viewer.id),
      ),
    ]),
  );
}

function describe(query: ReturnType<typeof groupQuery>) {
  return query
    .select(['groups.id', 'groups.name', 'groups.description', 'groups.source', 'groups.created_at'])
    .select('organizations.slug as organization')
    .select((select) =>
      select
        .selectFrom('group_members')
        .select(countAll)
        .whereRef('group_members.group_id', '=', 'groups.id')
        .as('member_count'),
    );
}

const toGroup = (row: Omit<Group, 'member_count'> & { member_count: number | null }): Group => ({
  ...row,
  member_count: row.member_count ?? 0,
});

/** A page of the groups that somebody may see, by organization and name. */
export async function listGroups({ db }: ServerContext, viewer: GroupViewer, query: GroupsQuery) {
  const { page, per_page: perPage, search, organization } = query;
  let groups = groupQuery(db, viewer);
  if (search !== '') groups = groups.where(contains('groups.name', search));
  if (organization !== undefined) groups = groups.where('organizations.slug', '=', organization);
  const { count } = await groups.select(countAll).executeTakeFirstOrThrow();
  const rows = await describe(groups)
    .orderBy('organizations.slug')
    .orderBy('groups.name')
    .limit(perPage)
    .offset((page - 1) * perPage)
    .execute();
  return numberedPage(rows.map(toGroup), count, query);
}

/** A group. @throws ApiError 404 where there is none, or somebody may not see it */
export async function getGroup(db: Reader, viewer: GroupViewer, id: string): Promise<Group> {
  const row = await describe(groupQuery(db, viewer)).where('groups.id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound(`The group ${id}`);
  return toGroup(row);
}

/** A page of a group's members, by user name. */
export async function listGroupMembers({ db }: ServerContext, group: Group, query: NumberedPageQuery) {
  const { page, per_page: perPage } = query;
  const items: GroupMember[] = await db
    .selectFrom('group_members')
    .innerJoin('users', 'users.id', 'group_members.user_id')
    .select(['users.id as user_id', 'users.username', 'users.display_name'])
    .select('group_members.created_at as joined_at')
    .where('group_id', '=', group.id)
    .orderBy('users.username')
    .limit(perPage)
    .offset((page - 1) * perPage)
    .execute();
  return numberedPage(items, group.member_count, query);
}

/**
 * Makes a group without members.
 *
 * @throws ApiError 403, 404 for no such organization, 409 when it has a group of that name.
 */
export async function createGroup(
  context: ServerContext,
  request: CreateGroupRequest,
  actor: Actor,
): Promise<Group> {
  const { name, organization: slug } = request;
  return context.write(actor, async (tx, audit) => {
    await requireAdministratorStill(tx, actor.id);
    const row: GroupTable = {
      ...{ id: newId('grp'), org_id: await organizationId(tx, slug, context.now()) },
      ...{ name, description: request.description ?? '', source: null, external_id: null },
      ...{ created_by: actor.id, created_at: context.now().toISOString() },
    };
    await tx.insertInto('principals').values({ id: row.id, kind: 'group' }).execute();
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('groups')
      .values(row)
      .onConflict((conflict) => conflict.columns(['org_id', 'name']).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) {
      throw nameTaken(slug, name);
    }
    audit({ action: 'group.created', outcome: 'success', target: `${slug}/${name}`, org: slug });
    return getGroup(tx, all(actor), row.id);
  });
}

async function organizationId(tx: Tx, slug: string, now: Date): Promise<string> {
  if (slug === mainSlug) return requireMainOrganization(tx, now);
  const row = await tx.selectFrom('organizations').select('id').where('slug', '=', slug).executeTakeFirst();
  if (row === undefined) throw notFound(`The organization ${slug}`);
  return row.id;
}

/**
 * Gives a group another name or description; what was given to it stays.
 *
 * @throws ApiError 403, 404, 409 for a group of a directory, or where its organization has another of that name.
 */
export async function updateGroup(
  context: ServerContext,
  id: string,
  wish: UpdateGroupRequest,
  actor: Actor,
): Promise<Group> {
  const changed = (before: Group) => ({
    name: wish.name ?? before.name,
    description: wish.description ?? before.description,
  });
  const before = await changeGroup(context, id, actor, async (tx, group) => {
    const { name, description } = changed(group);
    const renamed = name !== group.name;
    if (!renamed && description === group.description) return null;
    if (renamed) await requireFreeName(tx, group.organization, name);
    await tx.updateTable('groups').set({ name, description }).where('id', '=', id).execute();
    return { action: 'group.updated', details: renamed ? { name } : {} };
  });
  return { ...before, ...changed(before) };
}

/** The id of an organization's group of that name; null where there is none. */
export async function groupNamed(db: Reader, organization: string, name: string): Promise<string | null> {
  const row = await db
    .selectFrom('groups')
    .innerJoin('organizations', 'organizations.id', 'groups.org_id')
    .select('groups.id')
    .where('organizations.slug', '=', organization)
    .where('groups.name', '=', name)
    .executeTakeFirst();
  return row?.id ?? null;
}

async function requireFreeName(tx: Tx, organization: string, name: string): Promise<void> {
  if ((await groupNamed(tx, organization, name)) !== null) throw nameTaken(organization, name);
}

function nameTaken(organization: string, name: string): ApiError {
  return new ApiError('conflict', `${organization} has a group named ${name} already. Choose another name.`);
}

/** Deletes a group with what was given to it. @throws ApiError 403, 404, 409 for a group of a directory */
export async function deleteGroup(context: ServerContext, id: string, actor: Actor): Promise<void> {
  await changeGroup(context, id, actor, async (tx, group) => {
    const grants = await deleteGrants(tx, actor, context.now(), (all) => all.where('principal_id', '=', id));
    await tx.deleteFrom('principals').where('id', '=', id).execute();
    const details = { members: group.member_count, authorizations: grants };
    return { action: 'group.deleted', details };
  });
}

/**
 * Adds users to a group; who is in it stays.
 *
 * @throws ApiError 400 for an id that no user has, 403, 404, 409 for a group of a directory.
 */
export async function addGroupMembers(
  context: ServerContext,
  id: string,
  userIds: readonly string[],
  actor: Actor,
): Promise<void> {
  const created_at = context.now().toISOString();
  await changeGroup(context, id, actor, async (tx) => {
    const users = await tx.selectFrom('users').select('id').where('id', 'in', userIds).execute();
    const known = new Set(users.map((user) => user.id));
    const unknown = userIds.find((userId) => !known.has(userId));
    if (unknown !== undefined) {
      const message = `There is no user ${unknown}`;
      const details = { issues: [{ path: 'user_ids', message }] };
      throw new ApiError('invalid_request', `${message}. Nobody was added.`, { details });
    }
    const { numInsertedOrUpdatedRows = 0n } = await tx
      .insertInto('group_members')
      .values([...known].map((user_id) => ({ group_id: id, user_id, created_at })))
      .onConflict((conflict) => conflict.columns(['group_id', 'user_id']).doNothing())
      .executeTakeFirst();
    return changeOfMembers('group.members_added', Number(numInsertedOrUpdatedRows), userIds);
  });
}

/** Takes users out of a group; who is not in it does not matter. @throws ApiError 403, 404, 409 as above */
export async function removeGroupMembers(
  context: ServerContext,
  id: string,
  userIds: readonly string[],
  actor: Actor,
): Promise<void> {
  await changeGroup(context, id, actor, async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom('group_members')
      .where('group_id', '=', id)
      .where('user_id', 'in', userIds)
      .executeTakeFirst();
    return changeOfMembers('group.members_removed', Number(numDeletedRows), userIds);
  });
}

/** For the audit log; null where nothing changed. */
interface GroupChange {
  action: string;
  details: Record<string, string | number>;
}

function changeOfMembers(action: string, count: number, userIds: readonly string[]): GroupChange | null {
  return count === 0 ? null : { action, details: { count, users: userIds.join(' ') } };
}

/** @returns The group as it was before. */
async function changeGroup(
  context: ServerContext,
  id: string,
  actor: Actor,
  work: (tx: Tx, group: Group) => Promise<GroupChange | null>,
): Promise<Group> {
  return context.write(actor, async (tx, audit) => {
    await requireAdministratorStill(tx, actor.id);
    const group = await getGroup(tx, all(actor), id);
    if (group.source !== null) {
      throw new ApiError(
        'conflict',
        `The group ${group.name} comes from ${group.source}. Change it there; that counts here from the next sign-in or sync.`,
      );
    }
    const change = await work(tx, group);
    const { organization: org, name } = group;
    if (change !== null) audit({ ...change, outcome: 'success', target: `${org}/${name}`, org });
    return group;
  });
}

const all = ({ id }: Actor): GroupViewer => ({ id, administrator: true });
