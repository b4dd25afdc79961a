import { z } from 'zod';
import { openWord } from '../domain/acting.ts';
import { inviteRequestSchema, invitationIdSchema } from '../server-api/kisenon/invitations.ts';
import { orgRoleSchema, userIdSchema } from '../server-api/primitives.ts';
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
  /** `unsent`: the invitation is made, but its mail could not be sent. */
  result: z.enum(['sent', 'unsent', 'member', 'invited']),
});
export type InviteResult = z.infer<typeof inviteResultSchema>;

const byMember = byOrg.extend({ userId: userIdSchema });
const byInvitation = byOrg.extend({ id: invitationIdSchema });

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
  /** Sends a new link, for seven more days; the old link ends. False when the mail could not be sent. */
  resend: call({
    request: byInvitation,
    response: z.strictObject({ sent: z.boolean() }),
    errors: [...serviceErrors, 'invitation_gone'],
  }),
  revoke: call({
    request: byInvitation,
    response: z.undefined(),
    errors: [...serviceErrors, 'invitation_gone'],
  }),
};
