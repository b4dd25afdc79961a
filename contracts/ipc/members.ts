import { z } from 'zod';
import { openWord } from '../domain/acting.ts';
import { inviteRequestSchema, invitationIdSchema } from '../server-api/kisenon/invitations.ts';
import { orgRoleSchema, userIdSchema } from '../server-api/primitives.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { byOrg } from './orgs.ts';
import { serviceErrors } from './service-errors.ts';

/** Who belongs to an organization. `joinedAt` is RFC 3339. */
const memberSchema = z.strictObject({
  userId: z.string(),
  username: z.string(),
  name: z.string(),
  email: z.string(),
  role: openWord,
  joinedAt: z.string(),
});
export type MemberSummary = z.infer<typeof memberSchema>;

/** An invitation that can still be accepted. Times are RFC 3339. */
const invitationSchema = z.strictObject({
  id: z.string(),
  email: z.string(),
  role: openWord,
  /** Null when that account is gone. */
  invitedBy: z.string().nullable(),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type InvitationSummary = z.infer<typeof invitationSchema>;

/** What became of each address that was to be invited. */
const inviteResultSchema = z.strictObject({
  email: z.string(),
  /**
   * `unsent`: the invitation is made, but its mail could not be sent. `link`: the service sends no mail, and gave main its
   * link to hand on.
   */
  result: z.enum(['sent', 'unsent', 'link', 'member', 'invited']),
  /** Of the invitation that was made; null for none. */
  id: z.string().nullable(),
});
export type InviteResult = z.infer<typeof inviteResultSchema>;

const invitationViewSchema = z.strictObject({
  org: z.strictObject({ slug: z.string(), name: z.string() }),
  role: openWord,
  invitedBy: z.string().nullable(),
  expiresAt: z.string(),
  /** Whether it is to the address of the context's account. */
  forYou: z.boolean(),
});
export type InvitationView = z.infer<typeof invitationViewSchema>;

const byMember = byOrg.extend({ userId: userIdSchema });
const byInvitation = byOrg.extend({ id: invitationIdSchema });
/** Another link may be opened at any moment: what is accepted is what was looked at. */
const byLink = byContext.extend({ linkId: z.uuid() });

export const membersCalls = {
  list: call({ request: byOrg, response: z.array(memberSchema), errors: serviceErrors }),
  changeRole: call({
    request: byMember.extend({ role: orgRoleSchema }),
    response: z.undefined(),
    errors: [...serviceErrors, 'member_gone', 'last_owner'],
  }),
  remove: call({
    request: byMember,
    response: z.undefined(),
    errors: [...serviceErrors, 'member_gone', 'last_owner'],
  }),
};

export const invitationsCalls = {
  list: call({ request: byOrg, response: z.array(invitationSchema), errors: serviceErrors }),
  /** Invites each of the addresses, by a mail of its own. */
  send: call({
    request: byOrg.extend({
      emails: inviteRequestSchema.shape.emails,
      role: inviteRequestSchema.shape.role.unwrap(),
    }),
    response: z.array(inviteResultSchema),
    errors: serviceErrors,
  }),
  /** Sends a new link, for seven more days; the old link ends. */
  resend: call({
    request: byInvitation,
    response: inviteResultSchema,
    errors: [...serviceErrors, 'invitation_gone'],
  }),
  /** Copies the link of an invitation whose result was `link`, until the vault locks. */
  copyLink: call({
    request: z.strictObject({ id: invitationIdSchema }),
    response: z.strictObject({ clearsAt: z.string() }),
    errors: ['secret_gone'],
  }),
  revoke: call({
    request: byInvitation,
    response: z.undefined(),
    errors: [...serviceErrors, 'invitation_gone'],
  }),
  /**
   * What the opened invitation is to. Only the service of its link is asked, which must be the context's.
   * `invitation_gone`: that link waits no more, or there is no such invitation.
   */
  view: call({
    request: byLink,
    response: invitationViewSchema,
    errors: [...serviceErrors, 'invitation_gone', 'invitation_ended'],
  }),
  /** Accepts it, in the name of the context's account. */
  accept: call({
    request: byLink,
    response: z.strictObject({ org: z.string(), role: openWord }),
    errors: [...serviceErrors, 'invitation_gone', 'invitation_ended', 'invitation_wrong_account'],
  }),
};
