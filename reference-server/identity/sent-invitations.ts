import type { Invitation, SentInvitation } from '../../contracts/server-api/kisenon/invitations.ts';
import type { ServerContext } from '../context.ts';
import type { InvitationTable } from '../db/organization-schema.ts';
import type { Actor, Reader } from '../db/write.ts';
import { invitationMail } from '../mail/invitation-mail.ts';
import type { ActingOrganization } from './acting-role.ts';
import { getUser } from './users.ts';

/** An invitation as it is stored, and the secret part of its link, which is not. */
export interface MadeInvitation {
  token: string;
  row: InvitationTable;
}

/** Who invites to what, in words. */
export interface Letterhead {
  orgName: string;
  inviter: { name: string; email: string };
}

/** Reads the letterhead in the transaction that makes the invitations: afterwards, either may be gone. */
export async function readLetterhead(
  tx: Reader,
  { id }: ActingOrganization,
  actor: Actor,
): Promise<Letterhead> {
  const org = tx.selectFrom('organizations').select('display_name').where('id', '=', id);
  const { display_name: name, email } = await getUser(tx, actor.id);
  return { orgName: (await org.executeTakeFirstOrThrow()).display_name, inviter: { name, email } };
}

/**
 * Sends the mails of invitations that are stored. Those that do not go out stay, to be sent again. A server that sends no
 * mail gives the links instead.
 */
export async function sendInvitations(
  context: ServerContext,
  { slug }: ActingOrganization,
  { made, letterhead }: { made: readonly MadeInvitation[]; letterhead: Letterhead },
  actor: Actor,
): Promise<SentInvitation[]> {
  const { sendMails, mailLimits, config } = context;
  const all = made.map(({ token, row }) => ({
    invitation: toInvitation(row, actor.name),
    link: `${context.origin()}/invitations/${token}`,
  }));
  if (sendMails === null) return all.map(({ invitation, link }) => ({ ...invitation, sent: false, link }));
  // Others of the same sender may be on their way since the request began.
  const due = all.filter(({ invitation }) => mailLimits.take(actor.id, invitation.email));
  const about = { ...letterhead, org: slug, serverName: config.name };
  const mails = due.map(({ invitation, link }) => invitationMail({ ...about, ...invitation, link }));
  const reasons = await sendMails(mails);
  const failures = reasons.filter((reason) => reason !== null);
  if (failures[0] !== undefined) await noteFailures(context, slug, actor, failures.length, failures[0]);
  const sent = new Set(due.filter((_, index) => reasons[index] === null));
  return all.map((each) => ({ ...each.invitation, sent: sent.has(each) }));
}

/** For whoever runs the server: why, as the mail library or the mail server says it in one word. */
async function noteFailures(
  context: ServerContext,
  slug: string,
  actor: Actor,
  mails: number,
  reason: string,
): Promise<void> {
  await context.write(actor, (_tx, audit) =>
    audit({ action: 'invitation.mail_failed', outcome: 'failure', org: slug, details: { mails, reason } }),
  );
}

/** @param inviter - User name; null where that account is gone. */
export function toInvitation(row: InvitationTable, inviter: string | null): Invitation {
  const { id, email, role, created_at, expires_at } = row;
  return { id, email, role, invited_by: inviter, created_at, expires_at };
}
