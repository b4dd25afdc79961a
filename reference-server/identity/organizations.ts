import { sql } from 'kysely';
import type { NotNull } from 'kysely';
import { maxOrganizations } from '../../contracts/server-api/kisenon/organizations.ts';
import type {
  CreateOrgRequest,
  OrgContents,
  Organization,
} from '../../contracts/server-api/kisenon/organizations.ts';
import type { PageQuery } from '../../contracts/server-api/pages.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { ServerContext } from '../context.ts';
import { stillCounts } from '../db/secret-columns.ts';
import { cutPage } from '../db/cut-page.ts';
import { canBeAccepted } from '../db/invitation-columns.ts';
import type { OrganizationTable, UserTable } from '../db/schema.ts';
import type { Actor, Reader, Tx } from '../db/write.ts';
import { publish } from '../events/event-log.ts';
import { ApiError } from '../http/api-error.ts';
import { newOrganizationRule } from '../limits/new-organizations.ts';
import { requireRoleStill, requireTeam } from './acting-role.ts';
import type { ActingOrganization } from './acting-role.ts';
import { newId } from './ids.ts';
import { isReservedSlug, slugOf, slugsToTry } from './slugs.ts';

/**
 * A page of the organizations that somebody belongs to, by slug.
 *
 * @param only - Slug of the one that a credential is for; null where it is for all.
 */
export async function listOrganizations(
  { db }: ServerContext,
  userId: string,
  only: string | null,
  { limit, after }: PageQuery,
): Promise<{ orgs: Organization[]; next: string | undefined }> {
  let query = db
    .selectFrom('organizations')
    .innerJoin('memberships', 'memberships.org_id', 'organizations.id')
    .selectAll('organizations')
    .select('memberships.role')
    .where('memberships.user_id', '=', userId)
    .where('organizations.slug', '>', after)
    .orderBy('organizations.slug')
    .limit(limit + 1);
  if (only !== null) query = query.where('organizations.slug', '=', only);
  const { page, end } = cutPage(await query.execute(), limit);
  return { orgs: page.map((row) => toOrganization(row, row.role)), next: end?.slug };
}

/** An organization as who acts in it sees it. @throws Error when it is gone */
export async function readOrganization(db: Reader, { id, role }: ActingOrganization): Promise<Organization> {
  const row = await db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return toOrganization(row, role);
}

/**
 * Makes a team organization with the actor as owner.
 *
 * @throws ApiError 400 for a name without a slug, 403 for a bot, 409 where the slug is taken or reserved, or the actor
 *   belongs to too many organizations, 429 where they made many in the last hour.
 */
export async function createOrganization(
  context: ServerContext,
  { name, slug = requireSlugOf(name) }: CreateOrgRequest,
  actor: Actor,
): Promise<Organization> {
  if (isReservedSlug(slug)) throw slugTaken(slug);
  return context.write(actor, async (tx, audit) => {
    await requireRoomForOrganization(tx, actor.id);
    requireNoPause(context.newOrganizations.pausedFor(actor.id));
    const row = await insertOrganization(tx, { slug, name, kind: 'team', ownerId: actor.id }, context.now());
    if (row === null) throw slugTaken(slug);
    context.newOrganizations.add(actor.id);
    audit({ action: 'organization.created', outcome: 'success', target: slug, org: slug, details: { name } });
    return toOrganization(row, 'owner');
  });
}

/**
 * Makes the personal organization of a new user, in the transaction that makes the user. Its slug is the user name, with
 * a number where that is taken.
 */
export async function createPersonalOrganization(
  tx: Tx,
  { id: ownerId, username, display_name: displayName }: UserTable,
  now: Date,
): Promise<OrganizationTable> {
  const wanted = slugOf(username) ?? 'personal';
  const named = { name: displayName === '' ? username : displayName, kind: 'personal', ownerId } as const;
  for (const slug of slugsToTry(wanted)) {
    const row = await insertOrganization(tx, { ...named, slug }, now);
    if (row !== null) return row;
  }
  throw new Error('A slug of 80 random bits is taken.');
}

/**
 * Inserts an organization with its owner.
 *
 * @returns Null where another one has the slug, or had it.
 */
export async function insertOrganization(
  tx: Tx,
  { slug, name, kind, ownerId }: { slug: string; name: string; kind: 'personal' | 'team'; ownerId: string },
  now: Date,
): Promise<OrganizationTable | null> {
  const retired = await tx
    .selectFrom('retired_slugs')
    .select('slug')
    .where('slug', '=', slug)
    .executeTakeFirst();
  if (retired !== undefined) return null;
  const created_at = now.toISOString();
  const row: OrganizationTable = { id: newId('o'), slug, display_name: name, kind, created_at };
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('organizations')
    .values(row)
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return null;
  const owner = { org_id: row.id, user_id: ownerId, role: 'owner', created_at } as const;
  await tx.insertInto('memberships').values(owner).execute();
  return row;
}

/** Gives an organization another name; its slug stays. */
export async function renameOrganization(
  context: ServerContext,
  org: ActingOrganization,
  name: string,
  actor: Actor,
): Promise<Organization> {
  return context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const before = await readOrganization(tx, org);
    if (before.name === name) return before;
    await tx.updateTable('organizations').set({ display_name: name }).where('id', '=', org.id).execute();
    const details = { from: before.name, to: name };
    audit({ action: 'organization.renamed', outcome: 'success', target: org.slug, org: org.slug, details });
    const data = { action: 'renamed', id: org.id, name };
    await publish(context, tx, { org_id: org.id, type: 'organization.changed.v1', data });
    return { ...before, name };
  });
}

/** What would be lost with an organization. @throws Error when it is gone */
export async function organizationContents(
  db: Reader,
  { id }: Pick<ActingOrganization, 'id'>,
  now: Date,
): Promise<OrgContents> {
  return db
    .selectFrom('organizations')
    .select((org) => [
      org.selectFrom('memberships').select(countAll).where('org_id', '=', id).as('members'),
      org.selectFrom('repositories').select(countAll).where('org_id', '=', id).as('repositories'),
      org.selectFrom('projects').select(countAll).where('org_id', '=', id).as('projects'),
      org
        .selectFrom('api_keys')
        .select(countAll)
        .where('org_id', '=', id)
        .where(stillCounts(now))
        .as('api_keys'),
      org
        .selectFrom('bots')
        .select(countAll)
        .where('org_id', '=', id)
        .where('deleted_at', 'is', null)
        .as('bots'),
      org
        .selectFrom('invitations')
        .select(countAll)
        .where('org_id', '=', id)
        .where(canBeAccepted(now))
        .as('invitations'),
    ])
    .where('id', '=', id)
    .$narrowType<{ [Name in keyof OrgContents]: NotNull }>()
    .executeTakeFirstOrThrow();
}

const countAll = sql<number>`count(*)`.as('count');

/**
 * Deletes an organization with all that is in it: repositories, projects, API keys, bots, invitations, the rights that
 * were given in it. Nobody gets its slug again. What only its repositories kept is removed as other contents that nobody
 * needs are, a day later.
 *
 * @throws ApiError 409 for a personal organization.
 */
export async function deleteOrganization(
  context: ServerContext,
  org: ActingOrganization,
  actor: Actor,
): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    await requireTeam(tx, org, 'deleted');
    const details = await organizationContents(tx, org, context.now());
    const bots = tx.selectFrom('bots').select('id').where('org_id', '=', org.id);
    const groups = tx.selectFrom('groups').select('id').where('org_id', '=', org.id);
    // A bot's keys and rights belong to the principal.
    await tx.deleteFrom('principals').where('id', 'in', bots).execute();
    await tx.deleteFrom('principals').where('id', 'in', groups).execute();
    await tx.deleteFrom('organizations').where('id', '=', org.id).execute();
    await tx.insertInto('retired_slugs').values({ slug: org.slug }).execute();
    audit({ action: 'organization.deleted', outcome: 'success', target: org.slug, org: org.slug, details });
  });
}

/** How many organizations a user belongs to. */
async function countOrganizations(db: Reader, userId: string): Promise<number> {
  const counted = db.selectFrom('memberships').select(countAll).where('user_id', '=', userId);
  return (await counted.executeTakeFirstOrThrow()).count;
}

/** Makes sure that somebody may belong to one more organization. @throws ApiError 403 for a bot, 409 */
export async function requireRoomForOrganization(tx: Reader, userId: string): Promise<void> {
  const user = await tx.selectFrom('users').select('id').where('id', '=', userId).executeTakeFirst();
  if (user === undefined) {
    throw new ApiError('session_required', 'Only people belong to organizations. Sign in as one.');
  }
  if ((await countOrganizations(tx, userId)) < maxOrganizations) return;
  throw new ApiError(
    'conflict',
    `You belong to ${String(maxOrganizations)} organizations already. Leave one of them first.`,
  );
}

function requireNoPause(retryAfterSeconds: number | null): void {
  if (retryAfterSeconds === null) return;
  throw new ApiError(
    'rate_limited',
    `You made ${String(newOrganizationRule.failures)} organizations in the last hour, as many as one may. Try again later.`,
    { details: { retry_after: retryAfterSeconds }, retryAfterSeconds },
  );
}

function requireSlugOf(name: string): string {
  const slug = slugOf(name);
  if (slug !== null) return slug;
  const message = 'Is needed, as the name has no letters from a to z and no digits';
  throw new ApiError('invalid_request', 'Give the organization a slug, such as acme-tools.', {
    details: { issues: [{ path: 'slug', message }] },
  });
}

function slugTaken(slug: string): ApiError {
  return new ApiError('conflict', `The slug ${slug} is taken. Choose another one.`);
}

function toOrganization(row: OrganizationTable, role: OrgRole): Organization {
  const { id, slug, display_name: name, kind, created_at } = row;
  return { id, slug, name, kind, role, created_at };
}
