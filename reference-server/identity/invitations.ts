import { invitationSeconds, maxOpenInvitations } from '../../contracts/server-api/kisenon/invitations.ts';
import type {
  Invitation,
  InvitationRole,
  InviteAnswer,
  SentInvitation,
} from '../../contracts/server-api/kisenon/invitations.ts';
import type { PageQuery } from '../../contracts/server-api/pages.ts';
import type { ServerContext } from '../context.ts';
import { cutPage } from '../db/cut-page.ts';
import { canBeAccepted } from '../db/invitation-columns.ts';
import type { InvitationTable } from '../db/organization-schema.ts';
import type { Actor, Reader, Tx } from '../db/write.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { contains } from '../db/contains.ts';
import { requireRoleStill, requireTeam } from './acting-role.ts';
import type { ActingOrganization } from './acting-role.ts';
import { newId } from './ids.ts';
import { invitationEnded, newInvitationToken } from './invitation-tokens.ts';
import { publishInvitation } from './published-invitation.ts';
import { readLetterhead, sendInvitations, toInvitation } from './sent-invitations.ts';
import type { MadeInvitation } from './sent-invitations.ts';

/** How many ended invitations of an organization are remembered, to say why: those that ended last. */
export const maxEndedInvitations = 500;

/**
 * A page of the invitations that can be accepted, by address.
 *
 * @param page - `search` is a part of the address, in any letter case.
 */
export async function listInvitations(
  context: ServerContext,
  org: Pick<ActingOrganization, 'id'>,
  { limit, after, search = '' }: PageQuery & { search?: string },
): Promise<{ invitations: Invitation[]; next: string | undefined }> {
  const rows = await context.db
    .selectFrom('invitations')
    .leftJoin('users', 'users.id', 'invitations.invited_by')
    .selectAll('invitations')
    .select('users.username as inviter')
    .where('invitations.org_id', '=', org.id)
    .where(canBeAccepted(context.now()))
    .where(contains('invitations.email', search))
    .where('invitations.email', '>', after)
    .orderBy('invitations.email')
    .limit(limit + 1)
    .execute();
  const { page, end } = cutPage(rows, limit);
  return { invitations: page.map((row) => toInvitation(row, row.inviter)), next: end?.email };
}

/**
 * Invites addresses, each by a mail of its own, which goes out once the invitations are stored.
 *
 * @throws ApiError 409 for a personal organization, too many open invitations, or one address alone that is refused; 429
 *   after too many mails.
 */
export async function invite(
  context: ServerContext,
  org: ActingOrganization,
  { emails, role }: { emails: readonly string[]; role: InvitationRole },
  actor: Actor,
): Promise<InviteAnswer> {
  requireNoPause(context.mailLimits.senderPausedFor(actor.id));
  const addresses = [...new Set(emails.map((email) => email.toLowerCase()))];
  const stored = await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    await requireTeam(tx, org, 'shared with others');
    await endExpired(tx, org.id, context.now());
    await forgetEnded(tx, org.id);
    const known = await knownAddresses(tx, org.id, addresses);
    const refused = addresses.flatMap((email) => {
      const reason = known.get(email);
      return reason === undefined ? [] : [{ email, reason }];
    });
    if (addresses.length === 1 && refused[0] !== undefined) throw alreadyThere(org, refused[0]);
    const wanted = addresses.filter((email) => !known.has(email));
    await requireRoom(tx, org, wanted.length);
    const made = wanted.map((email) => makeInvitation(context, { org_id: org.id, email, role }, actor));
    for (const { row } of made) {
      await tx.insertInto('invitations').values(row).execute();
      const details = { role, invitation: row.id };
      audit({ action: 'invitation.created', outcome: 'success', target: row.email, org: org.slug, details });
      await publishInvitation(context, tx, row, 'created');
    }
    return { made, refused, letterhead: await readLetterhead(tx, org, actor) };
  });
  return { invited: await sendInvitations(context, org, stored, actor), refused: stored.refused };
}

/**
 * Sends an invitation again: with a new link, and from now on with seven more days. The old link ends, and who sends it
 * has sent it.
 *
 * @throws ApiError 404, 410 when it has ended, 429 after too many mails.
 */
export async function resendInvitation(
  context: ServerContext,
  org: ActingOrganization,
  id: string,
  actor: Actor,
): Promise<SentInvitation> {
  const { mailLimits } = context;
  const stored = await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const before = await requireOpen(tx, org, id, context.now());
    requireNoPause(mailLimits.senderPausedFor(actor.id) ?? mailLimits.addressPausedFor(before.email));
    const { token, row } = makeInvitation(context, before, actor);
    const { token_hash, invited_by, expires_at } = row;
    await tx
      .updateTable('invitations')
      .set({ token_hash, invited_by, expires_at })
      .where('id', '=', id)
      .execute();
    const details = { invitation: id };
    audit({ action: 'invitation.resent', outcome: 'success', target: before.email, org: org.slug, details });
    await publishInvitation(context, tx, before, 'resent');
    const made = [{ token, row: { ...before, token_hash, invited_by, expires_at } }];
    return { made, letterhead: await readLetterhead(tx, org, actor) };
  });
  const [sent] = await sendInvitations(context, org, stored, actor);
  if (sent === undefined) throw new Error('Of one invitation nothing came back.');
  return sent;
}

/** Ends an invitation at once. @throws ApiError 404, 410 when it has ended already. */
export async function revokeInvitation(
  context: ServerContext,
  org: ActingOrganization,
  id: string,
  actor: Actor,
): Promise<void> {
  const now = context.now();
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const row = await requireOpen(tx, org, id, now);
    await end(tx, now, 'revoked').where('id', '=', id).execute();
    const details = { invitation: id };
    audit({ action: 'invitation.revoked', outcome: 'success', target: row.email, org: org.slug, details });
    await publishInvitation(context, tx, row, 'revoked');
  });
}

/** Ends the open invitations that somebody sent who may invite no more. @returns how many */
export async function revokeInvitationsBy(
  context: Pick<ServerContext, 'now'>,
  tx: Tx,
  orgId: string,
  userId: string,
): Promise<number> {
  const now = context.now();
  const revoked = await end(tx, now, 'revoked')
    .where('org_id', '=', orgId)
    .where('invited_by', '=', userId)
    .where(canBeAccepted(now))
    .returning(['id', 'org_id'])
    .execute();
  for (const row of revoked) await publishInvitation(context, tx, row, 'revoked');
  return revoked.length;
}

function end(tx: Tx, now: Date, as: 'revoked' | 'expired') {
  return tx.updateTable('invitations').set({ ended_at: now.toISOString(), ended_as: as });
}

/** So that their addresses can be invited anew. */
async function endExpired(tx: Tx, orgId: string, now: Date): Promise<void> {
  await end(tx, now, 'expired')
    .where('org_id', '=', orgId)
    .where('ended_at', 'is', null)
    .where('expires_at', '<=', now.toISOString())
    .execute();
}

async function forgetEnded(tx: Tx, orgId: string): Promise<void> {
  const old = await tx
    .selectFrom('invitations')
    .select('id')
    .where('org_id', '=', orgId)
    .where('ended_at', 'is not', null)
    .orderBy('ended_at', 'desc')
    .orderBy('id')
    .offset(maxEndedInvitations)
    .limit(maxEndedInvitations)
    .execute();
  for (const { id } of old) await tx.deleteFrom('invitations').where('id', '=', id).execute();
}

/** Which of these addresses are members', or have an invitation that has not ended. */
async function knownAddresses(
  tx: Reader,
  orgId: string,
  addresses: readonly string[],
): Promise<Map<string, 'member' | 'invited'>> {
  const invited = await tx
    .selectFrom('invitations')
    .select('email')
    .where('org_id', '=', orgId)
    .where('ended_at', 'is', null)
    .where('email', 'in', addresses)
    .execute();
  const members = await tx
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select('users.email')
    .where('memberships.org_id', '=', orgId)
    .where('users.email', 'in', addresses)
    .execute();
  return new Map([
    ...invited.map(({ email }) => [email, 'invited'] as const),
    ...members.map(({ email }) => [email, 'member'] as const),
  ]);
}

async function requireRoom(tx: Reader, { id, slug }: ActingOrganization, wanted: number): Promise<void> {
  const { open } = await tx
    .selectFrom('invitations')
    .select(({ fn }) => fn.countAll<number>().as('open'))
    .where('org_id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (open + wanted <= maxOpenInvitations) return;
  throw new ApiError(
    'conflict',
    `${slug} has ${String(open)} open invitations, and can have ${String(maxOpenInvitations)}. ` +
      'Revoke some, or wait until they are accepted or expire. Nobody was invited.',
  );
}

async function requireOpen(
  tx: Reader,
  org: ActingOrganization,
  id: string,
  now: Date,
): Promise<InvitationTable> {
  const row = await tx
    .selectFrom('invitations')
    .selectAll()
    .where('id', '=', id)
    .where('org_id', '=', org.id)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`The invitation ${id}`);
  const ended = invitationEnded(row, now);
  if (ended !== null) throw ended;
  return row;
}

function makeInvitation(
  context: ServerContext,
  to: Pick<InvitationTable, 'org_id' | 'email' | 'role'>,
  { id: invited_by }: Actor,
): MadeInvitation {
  const { token, hash: token_hash } = newInvitationToken();
  const at = context.now();
  const row = {
    id: newId('inv'),
    ...to,
    token_hash,
    invited_by,
    created_at: at.toISOString(),
    expires_at: new Date(at.getTime() + invitationSeconds * 1000).toISOString(),
    ended_at: null,
    ended_as: null,
  };
  return { token, row };
}

function alreadyThere({ slug }: ActingOrganization, refused: InviteAnswer['refused'][number]): ApiError {
  const { email, reason } = refused;
  return new ApiError(
    'conflict',
    reason === 'member'
      ? `${email} belongs to ${slug} already.`
      : `${email} has an open invitation to ${slug}. Send it again, or revoke it first.`,
  );
}

function requireNoPause(retryAfterSeconds: number | null): void {
  if (retryAfterSeconds === null) return;
  throw new ApiError(
    'rate_limited',
    'Too many mails were sent in the last hour. Wait a while, then try again.',
    {
      details: { retry_after: retryAfterSeconds },
      retryAfterSeconds,
    },
  );
}
