import type { z } from 'zod';
import type {
  acceptedInvitationSchema,
  invitationViewSchema,
} from '../../contracts/server-api/kisenon/invitations.ts';
import type { ServerContext } from '../context.ts';
import { canBeAccepted } from '../db/invitation-columns.ts';
import type { InvitationTable } from '../db/organization-schema.ts';
import type { UserTable } from '../db/schema.ts';
import type { Actor, AuditEvent, Reader, Tx } from '../db/write.ts';
import { publish } from '../events/event-log.ts';
import { ApiError } from '../http/api-error.ts';
import { hashInvitationToken, invitationEnded } from './invitation-tokens.ts';
import { requireRoomForOrganization } from './organizations.ts';
import { publishInvitation } from './published-invitation.ts';

type AcceptedInvitation = z.infer<typeof acceptedInvitationSchema>;

/** An invitation with what is to be said of it. */
type InvitationRow = InvitationTable & {
  slug: string;
  orgName: string;
  inviter: string | null;
  inviterName: string | null;
};

/** What the invitation of a link is to, and what its inviter is called. */
export type SeenInvitation = z.infer<typeof invitationViewSchema> & { inviterName: string | null };

/**
 * What the invitation of a link is to.
 *
 * @param userId - Who asks; somebody signed in.
 * @throws ApiError 404, 410 when it has ended.
 */
export async function viewInvitation(
  context: ServerContext,
  token: string,
  userId: string,
): Promise<SeenInvitation> {
  const row = await requireOpen(context.db, token, context.now());
  const { slug, orgName: name, role, inviter: invited_by, inviterName, expires_at } = row;
  const for_you = await isFor(context.db, row, userId);
  return { org: { slug, name }, role, invited_by, inviterName, expires_at, for_you };
}

/** Slug of the organization that somebody belongs to by the invitation of a link; null where they do not. */
export async function joinedBy(db: Reader, token: string, userId: string): Promise<string | null> {
  const row = await invitationQuery(db)
    .innerJoin('memberships', 'memberships.org_id', 'invitations.org_id')
    .where('token_hash', '=', hashInvitationToken(token))
    .where('ended_as', '=', 'accepted')
    .where('memberships.user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined && (await isFor(db, row, userId)) ? row.slug : null;
}

/**
 * Makes the actor a member, once, where the invitation is to the actor's address.
 *
 * @throws ApiError 403 `invitation_wrong_account`, 404, 409 for a member, 410 when it has ended.
 */
export async function acceptInvitation(
  context: ServerContext,
  token: string,
  actor: Actor,
): Promise<AcceptedInvitation> {
  return context.write(actor, async (tx, audit) => {
    const row = await requireOpen(tx, token, context.now());
    if (!(await isFor(tx, row, actor.id))) {
      throw new ApiError(
        'invitation_wrong_account',
        'This invitation is to another e-mail address than that of your account. Sign in with that one, or ask for ' +
          'an invitation to yours.',
      );
    }
    await requireRoomForOrganization(tx, actor.id);
    const event = await join(context, tx, row, actor);
    if (event === null) throw new ApiError('conflict', `You belong to ${row.slug} already.`);
    audit(event);
    return { org: row.slug, role: row.role };
  });
}

/** So few that strangers, who can invite every address, cannot fill a new person's organizations up. */
const joinedAtOnce = 10;

/**
 * Makes a user a member where their address is invited to, by the ten oldest invitations; others stay open. For the first
 * sign-in, in its transaction.
 *
 * @param user - Has proved that the address is theirs.
 * @returns The organizations that were joined.
 */
export async function acceptOpenInvitations(
  context: Pick<ServerContext, 'now'>,
  tx: Tx,
  audit: (event: AuditEvent) => void,
  { id, username: name, email }: Pick<UserTable, 'id' | 'username' | 'email'>,
): Promise<AcceptedInvitation[]> {
  const rows = await invitationQuery(tx)
    .where('invitations.email', '=', email)
    .where(canBeAccepted(context.now()))
    .orderBy('invitations.created_at')
    .limit(joinedAtOnce)
    .execute();
  const joined: AcceptedInvitation[] = [];
  for (const row of rows) {
    const event = await join(context, tx, row, { id, name });
    if (event === null) continue;
    audit(event);
    joined.push({ org: row.slug, role: row.role });
  }
  return joined;
}

/** @returns what happened; null where the user is a member already */
async function join(
  context: Pick<ServerContext, 'now'>,
  tx: Tx,
  row: InvitationRow,
  { id: user_id, name }: Actor,
): Promise<AuditEvent | null> {
  const { id, org_id, role, slug } = row;
  const at = context.now().toISOString();
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('memberships')
    .values({ org_id, user_id, role, created_at: at })
    .onConflict((conflict) => conflict.columns(['org_id', 'user_id']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return null;
  await tx
    .updateTable('invitations')
    .set({ ended_at: at, ended_as: 'accepted' })
    .where('id', '=', id)
    .execute();
  await publishInvitation(context, tx, row, 'accepted');
  const data = { action: 'joined', id: user_id, role };
  await publish(context, tx, { org_id, type: 'member.changed.v1', data });
  const details = { role, invitation: id };
  return { action: 'invitation.accepted', outcome: 'success', target: name, org: slug, details };
}

async function requireOpen(db: Reader, token: string, now: Date): Promise<InvitationRow> {
  const row = await invitationQuery(db)
    .where('token_hash', '=', hashInvitationToken(token))
    .executeTakeFirst();
  if (row === undefined) {
    throw new ApiError(
      'not_found',
      'There is no invitation of this link. If it was sent to you more than once, take the newest mail.',
    );
  }
  const ended = invitationEnded(row, now);
  if (ended !== null) throw ended;
  return row;
}

function invitationQuery(db: Reader) {
  return db
    .selectFrom('invitations')
    .innerJoin('organizations', 'organizations.id', 'invitations.org_id')
    .leftJoin('users', 'users.id', 'invitations.invited_by')
    .selectAll('invitations')
    .select([
      'organizations.slug as slug',
      'organizations.display_name as orgName',
      'users.username as inviter',
      'users.display_name as inviterName',
    ]);
}

/** Whether an invitation is to the address of this user. */
async function isFor(db: Reader, { email }: InvitationRow, userId: string): Promise<boolean> {
  const user = await db.selectFrom('users').select('email').where('id', '=', userId).executeTakeFirst();
  return user?.email.toLowerCase() === email;
}
