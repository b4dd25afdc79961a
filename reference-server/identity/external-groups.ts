import { printable } from '../../contracts/domain/printable.ts';
import { lineSchema } from '../../contracts/server-api/primitives.ts';
import type { ExternalGroup } from '../context.ts';
import type { Audit, Tx } from '../db/write.ts';
import type { GroupTable } from '../db/directory-schema.ts';
import { groupNamed } from './groups.ts';
import { newId } from './ids.ts';
import { mainSlug, requireMainOrganization } from './main-organization.ts';

/** What following a directory or provider changed. */
export interface FollowedGroups {
  added: number;
  removed: number;
  /** Names that cannot be taken: another group of the organization `main` has them, or they cannot be shown. */
  refused: string[];
}

const nameSchema = lineSchema(1, 100);

/** How many values a statement is given at once. */
const chunkSize = 500;

/** The parts of a list that a statement takes. */
export function chunksOf<T>(all: readonly T[], size = chunkSize): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/**
 * Has users be in the groups that a source says, and in no other of its groups. Groups that are new are made, in the
 * organization `main`; one whose name is taken there is not: what was given to the other would be this one's as well.
 *
 * @param source - Id of the directory or provider; nobody but it changes these groups.
 * @param said - Ids of users with all of their groups there.
 */
export async function followGroups(
  tx: Tx,
  now: Date,
  source: string,
  said: ReadonlyMap<string, readonly ExternalGroup[]>,
  audit: Audit,
): Promise<FollowedGroups> {
  const all = new Map([...said.values()].flat().map((group) => [group.externalId, group.name]));
  const { known, refused } = await knownGroups(tx, now, source, all, audit);
  const current = await membershipsIn(tx, source, [...said.keys()]);
  const wanted = new Map<string, Membership>();
  for (const [user_id, groups] of said) {
    for (const { externalId } of groups) {
      const group = known.get(externalId);
      if (group !== undefined) wanted.set(`${group.id} ${user_id}`, { user_id, ...group });
    }
  }
  const added = [...wanted].filter(([key]) => !current.has(key)).map(([, each]) => each);
  const removed = [...current].filter(([key]) => !wanted.has(key)).map(([, each]) => each);
  await eachGroup(added, audit, 'group.members_added', source, async (group_id, users) => {
    const rows = users.map((user_id) => ({ group_id, user_id, created_at: now.toISOString() }));
    await tx.insertInto('group_members').values(rows).execute();
  });
  await eachGroup(removed, audit, 'group.members_removed', source, async (group_id, users) => {
    await tx
      .deleteFrom('group_members')
      .where('group_id', '=', group_id)
      .where('user_id', 'in', users)
      .execute();
  });
  return { added: added.length, removed: removed.length, refused };
}

/** Deletes the groups of a source in which nobody is and to which nothing was given, nor is to be on new repositories. */
export async function deleteUnusedGroups(tx: Tx, source: string, audit: Audit): Promise<void> {
  const unused = await tx
    .selectFrom('groups')
    .select(['id', 'name'])
    .where('source', '=', source)
    .where((where) => {
      const members = where.selectFrom('group_members').select('user_id');
      const grants = where.selectFrom('grants').select('grants.id');
      const defaults = where.selectFrom('access_default_grants').select('access_default_grants.actions');
      const isUsed = where.or([
        where.exists(members.whereRef('group_id', '=', 'groups.id')),
        where.exists(grants.whereRef('principal_id', '=', 'groups.id')),
        where.exists(defaults.whereRef('principal_id', '=', 'groups.id')),
      ]);
      return where.not(isUsed);
    })
    .execute();
  for (const { id, name } of unused) {
    await tx.deleteFrom('principals').where('id', '=', id).execute();
    audit({ action: 'group.deleted', outcome: 'success', ...inMain(name), details: { source } });
  }
}

type Known = Pick<GroupTable, 'id' | 'name'>;
interface Membership extends Known {
  user_id: string;
}

const inMain = (name: string) => ({ target: `${mainSlug}/${name}`, org: mainSlug });

async function knownGroups(
  tx: Tx,
  now: Date,
  source: string,
  all: ReadonlyMap<string, string>,
  audit: Audit,
): Promise<{ known: Map<string, Known>; refused: string[] }> {
  const known = new Map<string, Known>();
  for (const ids of chunksOf([...all.keys()])) {
    const rows = await tx
      .selectFrom('groups')
      .select(['id', 'name', 'external_id'])
      .where('source', '=', source)
      .where('external_id', 'in', ids)
      .execute();
    for (const { external_id: externalId, ...group } of rows) known.set(externalId ?? '', group);
  }
  const named = [...all]
    .map(([externalId, said]) => {
      const { data: name = null } = nameSchema.safeParse(said);
      return { externalId, said, name, group: known.get(externalId) };
    })
    .filter(({ name, group }) => name === null || name !== group?.name);
  const renames = named.flatMap(({ name, group }) =>
    name === null || group === undefined ? [] : { ...group, to: name },
  );
  const renamed = await renameGroups(tx, source, renames, audit);
  const refused: string[] = [];
  for (const { externalId, said, name, group } of named) {
    if (name !== null && group !== undefined && renamed.has(group.id)) {
      known.set(externalId, { id: group.id, name });
      continue;
    }
    if (group !== undefined || name === null || (await groupNamed(tx, mainSlug, name)) !== null) {
      refused.push(printable(said, 100));
    } else {
      known.set(externalId, { id: await makeGroup(tx, now, { source, externalId, name }), name });
      audit({ action: 'group.created', outcome: 'success', ...inMain(name), details: { source } });
    }
  }
  return { known, refused };
}

/**
 * Gives groups other names, also where these are each other's. One that cannot have its name keeps the one that it has,
 * which then is no other's either.
 *
 * @returns the ids of those that have another name now
 */
async function renameGroups(
  tx: Tx,
  source: string,
  renames: readonly (Known & { to: string })[],
  audit: Audit,
): Promise<Set<string>> {
  const holders = new Map<string, string | null>();
  for (const { to } of renames) holders.set(to, await groupNamed(tx, mainSlug, to));
  let going = [...Map.groupBy(renames, ({ to }) => to).values()].flatMap(([first]) => first ?? []);
  for (let before = Infinity; going.length < before;) {
    before = going.length;
    const leaving = new Set<string | null>(going.map(({ id }) => id)).add(null);
    going = going.filter(({ to }) => leaving.has(holders.get(to) ?? null));
  }
  // Each name is free before another group gets it. None begins with a space.
  for (const { id } of going) await setName(tx, id, ` ${id}`);
  for (const { id, name: from, to } of going) {
    await setName(tx, id, to);
    audit({ action: 'group.renamed', outcome: 'success', ...inMain(to), details: { source, from } });
  }
  return new Set(going.map(({ id }) => id));
}

async function setName(tx: Tx, id: string, name: string): Promise<void> {
  await tx.updateTable('groups').set({ name }).where('id', '=', id).execute();
}

async function makeGroup(
  tx: Tx,
  now: Date,
  { source, externalId, name }: { source: string; externalId: string; name: string },
): Promise<string> {
  const row: GroupTable = {
    ...{ id: newId('grp'), org_id: await requireMainOrganization(tx, now) },
    ...{ name, description: '', source, external_id: externalId },
    ...{ created_by: source, created_at: now.toISOString() },
  };
  await tx.insertInto('principals').values({ id: row.id, kind: 'group' }).execute();
  await tx.insertInto('groups').values(row).execute();
  return row.id;
}

async function membershipsIn(
  tx: Tx,
  source: string,
  userIds: readonly string[],
): Promise<Map<string, Membership>> {
  const found = new Map<string, Membership>();
  for (const ids of chunksOf(userIds)) {
    const rows = await tx
      .selectFrom('group_members')
      .innerJoin('groups', 'groups.id', 'group_members.group_id')
      .select(['groups.id', 'groups.name', 'group_members.user_id'])
      .where('groups.source', '=', source)
      .where('group_members.user_id', 'in', ids)
      .execute();
    for (const row of rows) found.set(`${row.id} ${row.user_id}`, row);
  }
  return found;
}

/** Changes the members of each group in parts, and says so in the audit log. */
async function eachGroup(
  members: readonly Membership[],
  audit: Audit,
  action: string,
  source: string,
  change: (groupId: string, userIds: string[]) => Promise<void>,
): Promise<void> {
  for (const [id, all] of Map.groupBy(members, (each) => each.id)) {
    for (const part of chunksOf(all)) {
      const users = part.map(({ user_id }) => user_id);
      await change(id, users);
      const details = { count: users.length, users: users.join(' '), source };
      audit({ action, outcome: 'success', ...inMain(part[0]?.name ?? ''), details });
    }
  }
}
