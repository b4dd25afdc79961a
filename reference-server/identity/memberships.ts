import type { Member, Organization } from '../../contracts/server-api/kisenon/organizations.ts';
import type { PageQuery } from '../../contracts/server-api/pages.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { ServerContext } from '../context.ts';
import { contains } from '../db/contains.ts';
import { cutPage } from '../db/cut-page.ts';
import type { UserTable } from '../db/schema.ts';
import type { Actor, Reader, Tx } from '../db/write.ts';
import { publish } from '../events/event-log.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { requireRoleStill, requireTeam } from './acting-role.ts';
import type { ActingOrganization } from './acting-role.ts';
import { forgetDefaultGrants } from './default-grants.ts';
import { deleteGrants, noteLostFooting } from './grant-changes.ts';
import { revokeInvitationsBy } from './invitations.ts';
import { readOrganization } from './organizations.ts';
import { revokeApiKeysOf } from './revoked-credentials.ts';
import { isAtLeast, mayGive } from './roles.ts';
import { findUserByLogin, toUser } from './users.ts';

/** A member with what decides about changes; `role` is that in the organization. */
type MemberRow = Pick<UserTable, 'id' | 'username' | 'email' | 'display_name' | 'status'> & {
  role: OrgRole;
  joined_at: string;
};

/**
 * A page of the members of an organization, by user name.
 *
 * @param page - `search` is a part of a user name, an address or a name, in any letter case.
 */
export async function listMembers(
  { db }: ServerContext,
  org: Pick<ActingOrganization, 'id'>,
  { limit, after, search }: PageQuery & { search: string },
): Promise<{ members: Member[]; total: number; next: string | undefined }> {
  const found = memberQuery(db, org.id).where((member) =>
    member.or(searched.map((column) => contains(`users.${column}`, search))),
  );
  const { total } = await found
    .clearSelect()
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await found
    .where('users.username', '>', after)
    .orderBy('users.username')
    .limit(limit + 1)
    .execute();
  const { page, end } = cutPage(rows, limit);
  return { members: page.map(toMember), total, next: end?.username };
}

const searched = ['username', 'email', 'display_name'] as const;

/**
 * Gives a member another role. Owner is for owners to give and take; one owner stays. A lower role counts at once, also for
 * tokens that are in use; a higher one in server JWTs from their next renewal on. Who may no longer invite has the
 * invitations that they sent revoked.
 *
 * @throws ApiError 403, 404, 409.
 */
export async function changeRole(
  context: ServerContext,
  org: ActingOrganization,
  userId: string,
  role: OrgRole,
  actor: Actor,
): Promise<Member> {
  return context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const member = await requireMember(tx, org, userId);
    if (member.role === role) return toMember(member);
    for (const each of [member.role, role]) requireMayGive(org, each);
    if (member.role === 'owner') await requireOtherOwner(tx, org, member);
    const revoked = await setRole(context, tx, org, { userId, role });
    const details = { from: member.role, to: role, invitations_revoked: revoked };
    const target = member.username;
    audit({ action: 'member.role_changed', outcome: 'success', target, org: org.slug, details });
    return toMember({ ...member, role });
  });
}

/**
 * Ends a membership, at once: with it end the member's API keys and sign-ins of programs under way in the organization, the
 * rights that they were given on its repositories, and the invitations that they sent. What was denied to them stays
 * denied. None of it comes back with the member.
 *
 * @param userId - The actor's own: to leave.
 * @throws ApiError 403, 404, 409.
 */
export async function removeMember(
  context: ServerContext,
  org: ActingOrganization,
  userId: string,
  actor: Actor,
): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const member = await requireMember(tx, org, userId);
    const leaves = userId === actor.id;
    await requireTeam(tx, org, 'left');
    if (!leaves) requireMayGive(org, member.role);
    if (member.role === 'owner') await requireOtherOwner(tx, org, member);
    const details = await endMembership(context, tx, org, userId, actor);
    const action = leaves ? 'member.left' : 'member.removed';
    audit({ action, outcome: 'success', target: member.username, org: org.slug, details });
  });
}

/**
 * Id of the member with this user name or e-mail address, as for a sign-in.
 *
 * @throws ApiError 400 for the field `heir`.
 */
export async function requireMemberCalled(
  db: Reader,
  { id, slug }: Pick<ActingOrganization, 'id' | 'slug'>,
  name: string,
): Promise<string> {
  const user = await findUserByLogin(db, name);
  const member = await memberQuery(db, id)
    .where('users.id', '=', user?.id ?? '')
    .executeTakeFirst();
  if (member !== undefined) return member.id;
  const message = `No member of ${slug} has that user name or e-mail address.`;
  throw new ApiError('invalid_request', message, { details: { issues: [{ path: 'heir', message }] } });
}

/**
 * Hands an organization over: that member becomes an owner, the actor an admin.
 *
 * @throws ApiError 404 for nobody's membership, 409 for oneself, an account that cannot sign in, a personal organization.
 */
export async function transferOrganization(
  context: ServerContext,
  org: ActingOrganization,
  userId: string,
  actor: Actor,
): Promise<Organization> {
  return context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    await requireTeam(tx, org, 'handed over');
    const member = await requireMember(tx, org, userId);
    if (userId === actor.id)
      throw new ApiError('conflict', `You own ${org.slug} already. Choose somebody else.`);
    if (member.status !== 'active') {
      throw new ApiError(
        'conflict',
        `${member.username} cannot sign in at the moment. Choose somebody else.`,
      );
    }
    await setRole(context, tx, org, { userId, role: 'owner' });
    await setRole(context, tx, org, { userId: actor.id, role: 'admin' });
    const details = { to: member.username };
    audit({
      action: 'organization.transferred',
      outcome: 'success',
      target: org.slug,
      org: org.slug,
      details,
    });
    return readOrganization(tx, { ...org, role: 'admin' });
  });
}

function memberQuery(db: Reader, orgId: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.username', 'users.email', 'users.display_name', 'users.status'])
    .select(['memberships.role', 'memberships.created_at as joined_at'])
    .where('memberships.org_id', '=', orgId);
}

async function requireMember(
  tx: Reader,
  { id, slug }: ActingOrganization,
  userId: string,
): Promise<MemberRow> {
  const row = await memberQuery(tx, id).where('memberships.user_id', '=', userId).executeTakeFirst();
  if (row === undefined) throw notFound(`The member ${userId} of ${slug}`);
  return row;
}

function requireMayGive({ slug, role }: ActingOrganization, given: OrgRole): void {
  if (mayGive(role, given)) return;
  throw new ApiError('role_insufficient', `Only owners of ${slug} may give and take the role ${given}.`);
}

/** An owner who cannot sign in does not count: somebody must be there to act. */
async function requireOtherOwner(tx: Reader, org: ActingOrganization, owner: MemberRow): Promise<void> {
  const other = await memberQuery(tx, org.id)
    .where('memberships.role', '=', 'owner')
    .where('users.status', '=', 'active')
    .where('users.id', '!=', owner.id)
    .executeTakeFirst();
  if (other !== undefined) return;
  throw new ApiError(
    'conflict',
    `${org.slug} has no other owner. Make somebody else an owner first, or delete the organization.`,
  );
}

/** @returns how many invitations that ended */
async function setRole(
  context: ServerContext,
  tx: Tx,
  { id }: ActingOrganization,
  { userId, role }: { userId: string; role: OrgRole },
): Promise<number> {
  await tx
    .updateTable('memberships')
    .set({ role })
    .where('org_id', '=', id)
    .where('user_id', '=', userId)
    .execute();
  const data = { action: 'role_changed', id: userId, role };
  await publish(context, tx, { org_id: id, type: 'member.changed.v1', data });
  return isAtLeast(role, 'admin') ? 0 : revokeInvitationsBy(context, tx, id, userId);
}

/** @returns what ended with it */
async function endMembership(
  context: ServerContext,
  tx: Tx,
  { id }: ActingOrganization,
  userId: string,
  actor: Actor,
): Promise<{ api_keys_revoked: number; authorizations_removed: number; invitations_revoked: number }> {
  for (const table of ['memberships', 'login_codes'] as const) {
    await tx.deleteFrom(table).where('org_id', '=', id).where('user_id', '=', userId).execute();
  }
  const keys = await revokeApiKeysOf(context, tx, userId, id);
  const grants = await deleteGrants(tx, actor, context.now(), (all) =>
    all
      .where('principal_id', '=', userId)
      .where('effect', '=', 'allow')
      .where('repository_id', 'in', tx.selectFrom('repositories').select('id').where('org_id', '=', id)),
  );
  await forgetDefaultGrants(tx, { principalId: userId, orgId: id }, context.now());
  await noteLostFooting(tx, actor, context.now(), { userId, orgId: id });
  await tx
    .deleteFrom('group_members')
    .where('user_id', '=', userId)
    .where('group_id', 'in', tx.selectFrom('groups').select('id').where('org_id', '=', id))
    .execute();
  const invitations = await revokeInvitationsBy(context, tx, id, userId);
  await publish(context, tx, {
    org_id: id,
    type: 'member.changed.v1',
    data: { action: 'removed', id: userId },
  });
  return {
    api_keys_revoked: keys,
    authorizations_removed: grants,
    invitations_revoked: invitations,
  };
}

function toMember({ role, joined_at, ...user }: MemberRow): Member {
  return { user: toUser(user), role, joined_at };
}
